// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/preset_menu.h"

#include <QFileInfo>
#include <QMenu>
#include <QObject>

#include "engine/config/user_presets.h"
#include "engine/core/error.h"

namespace geocyte::desktop {
namespace {

QString text(const std::string& s) { return QString::fromStdString(s); }

void addPreset(QMenu* menu, const QString& name, const config::PresetSpec& preset, const std::function<void(const QString&)>& chosen) {
  const QString id = text(preset.id), title = text(preset.title);
  QAction* action = menu->addAction(title.isEmpty() || title == id ? id : QStringLiteral("%1 — %2").arg(id, title));
  action->setToolTip(text(preset.summary));
  QObject::connect(action, &QAction::triggered, menu, [chosen, name] { chosen(name); });
}

}  // namespace

std::vector<config::PresetSpec> userPresetsOf(const std::string& system) {
  std::vector<config::PresetSpec> all;
  try {
    all = config::user_presets(config::user_presets_folder());
  } catch (const Error&) {
    return {};                                 // no home folder, no presets
  }
  std::erase_if(all, [&](const config::PresetSpec& preset) {
    const std::string named = config::system_named_in(preset.yaml);
    return !named.empty() && named != system;
  });
  return all;
}

void fillPresetMenu(QMenu* menu, const config::SystemSpec& spec, const std::function<void(const QString&)>& chosen) {
  menu->clear();
  menu->setToolTipsVisible(true);
  for (const config::PresetSpec& preset : spec.presets) addPreset(menu, text(spec.id + "/" + preset.id), preset, chosen);
  const auto own = userPresetsOf(spec.id);
  if (own.empty()) return;
  menu->addSection(QObject::tr("Your presets"));
  for (const config::PresetSpec& preset : own) addPreset(menu, text(std::string(config::kUserPresets) + "/" + preset.id), preset, chosen);
}

PresetWords wordsOf(const std::vector<config::SystemSpec>& specs, const QString& preset) {
  const std::string id = preset.section('/', 1).toStdString();
  for (const config::SystemSpec& spec : specs) {
    if (preset == text(spec.id)) return {QObject::tr("Defaults of %1").arg(text(spec.id)), text(spec.summary)};
    const bool own = preset.startsWith(QLatin1String("user/"));
    if (!own && !preset.startsWith(text(spec.id) + '/')) continue;
    for (const config::PresetSpec& one : own ? userPresetsOf(spec.id) : spec.presets)
      if (one.id == id) return {text(one.title), text(one.summary)};
  }
  return {QFileInfo(preset).fileName(), {}};
}

}  // namespace geocyte::desktop
