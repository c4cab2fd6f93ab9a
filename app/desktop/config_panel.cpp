// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/config_panel.h"

#include <QApplication>
#include <QDateTime>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QVBoxLayout>

#include <algorithm>

#include "app/desktop/config_editor.h"
#include "app/desktop/field_bridge.h"
#include "app/desktop/run_library.h"
#include "engine/core/error.h"
#include "widgets/theme/fonts.h"
#include "widgets/theme/theme.h"

namespace geocyte::desktop {
namespace {

constexpr std::size_t kMostLines = 4;
constexpr qint64 kToldMs = 4000;         ///< a change that is not in the run's history by then was refused

QPushButton* button(const char* name, const QString& text, const QString& tip) {
  auto* made = new QPushButton(text);
  made->setObjectName(QString::fromLatin1(name));
  made->setAccessibleName(text);
  made->setToolTip(tip);
  return made;
}

QLabel* words(const char* name, widgets::Tone tone) {
  auto* made = new QLabel;
  made->setObjectName(QString::fromLatin1(name));
  made->setWordWrap(true);
  made->setTextFormat(Qt::PlainText);
  made->setFont(widgets::captionFont());
  widgets::setTone(made, tone);
  return made;
}

}  // namespace

ConfigPanel::ConfigPanel(const std::vector<config::SystemSpec>& specs, QWidget* parent) : QWidget(parent), specs_(specs), editor_(new ConfigEditor(specs)) {
  setObjectName(QStringLiteral("configPanel"));
  setBackgroundRole(QPalette::Base);
  setAutoFillBackground(true);
  editor_->setUndoStack(&undo_);
  note_ = words("configNote", widgets::Tone::dim);
  staged_text_ = words("configStaged", widgets::Tone::warn);
  apply_ = button("configApply", tr("Apply at next step"), tr("Tell the engine these changes (Ctrl+Return)"));
  widgets::setButtonKind(apply_, "primary");
  discard_ = button("configDiscard", tr("Discard"), tr("Take these changes back"));
  reuse_ = button("configReuse", tr("Use for a new run…"), tr("Configure a new run that begins with these values"));
  auto* buttons = new QHBoxLayout;
  buttons->setSpacing(8);
  for (QPushButton* one : {apply_, discard_, reuse_}) buttons->addWidget(one);
  buttons->addStretch(1);
  auto* foot = new QWidget;
  foot->setObjectName(QStringLiteral("configFoot"));
  auto* lines = new QVBoxLayout(foot);
  lines->setContentsMargins(14, 8, 14, 12);
  lines->setSpacing(8);
  lines->addWidget(staged_text_);
  lines->addWidget(note_);
  lines->addLayout(buttons);
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(0);
  column->addWidget(editor_, 1);
  column->addWidget(foot);
  connect(apply_, &QPushButton::clicked, this, &ConfigPanel::apply);
  connect(discard_, &QPushButton::clicked, this, &ConfigPanel::discard);
  connect(reuse_, &QPushButton::clicked, this, &ConfigPanel::newRunWanted);
  connect(editor_, &ConfigEditor::edited, this, &ConfigPanel::showStaged);
  showRun(nullptr, nullptr);
}

void ConfigPanel::showRun(const RunRecord* run, const config::SystemSpec* spec) {
  Json options = run && spec ? run->effectiveOptions() : Json();
  const bool known = options.is_object() && !options.empty();
  const QString path = run ? run->info.path : QString();
  const bool alive = known && run->isAlive();
  const bool same = path == run_ && (known ? spec : nullptr) == editor_->spec();
  if (!same) told_.clear();
  const qint64 now = QDateTime::currentMSecsSinceEpoch();
  std::erase_if(told_, [&](const auto& told) {
    const Json* value = config::find(options, told.first.toStdString());
    return !value || *value == told.second.first || now - told.second.second > kToldMs;
  });
  for (const auto& [where, told] : told_) config::set(options, where.toStdString(), told.first);
  if (same && alive == alive_ && options == shown_) return;
  // The engine's news may arrive while a change is waiting: it waits on, unless it is what arrived.
  const auto waiting = same && alive ? staged() : std::vector<std::pair<QString, Json>>();
  if (!same || !alive) undo_.clear();
  run_ = path;
  alive_ = alive;
  shown_ = options;
  RunDraft draft;
  if (known) draft = draftOfRun(specs_, run->info.system, run->info.preset, run->info.name, options);
  for (const auto& [where, value] : waiting) config::set(draft.options, where.toStdString(), value);
  editor_->setAccess(alive ? widgets::FormAccess::live : widgets::FormAccess::none);
  editor_->setDraft(known ? spec : nullptr, std::move(draft));
  note_->setText(!run     ? tr("No run is shown.")
                 : !known ? tr("No parameters are known for this run.")
                 : alive  ? tr("Parameters with the bolt can be changed while the run goes on. The others need a new run.")
                          : tr("No engine works on this run, so its parameters stand."));
  reuse_->setVisible(known);
  showStaged();
}

std::vector<std::pair<QString, Json>> ConfigPanel::staged() const {
  std::vector<std::pair<QString, Json>> changes;
  if (!alive_ || !editor_->spec()) return changes;
  for (const config::Parameter& parameter : editor_->spec()->parameters) {
    const Json* now = config::find(editor_->draft().options, parameter.path);
    const Json* before = config::find(shown_, parameter.path);
    if (now && before && *now != *before) changes.emplace_back(QString::fromStdString(parameter.path), *now);
  }
  return changes;
}

void ConfigPanel::showStaged() {
  const auto changes = staged();
  QStringList lines, paths;
  for (const auto& [path, value] : changes) {
    paths << path;
    const widgets::Field* field = editor_->form()->model().find(path);
    const Json* before = config::find(shown_, path.toStdString());
    if (!field || !before || lines.size() > static_cast<qsizetype>(kMostLines)) continue;
    const auto parameter = std::find_if(editor_->spec()->parameters.begin(), editor_->spec()->parameters.end(),
                                        [&](const config::Parameter& p) { return p.path == path.toStdString(); });
    lines << tr("%1: %2 → %3").arg(field->label(), widgets::fieldText(*field, variantOf(*parameter, *before)), widgets::fieldText(*field, field->value));
  }
  if (changes.size() > kMostLines + 1) lines.last() = tr("and %1 more").arg(changes.size() - kMostLines);
  editor_->form()->setStaged(paths);
  staged_text_->setText(lines.join('\n'));
  const bool any = !changes.empty();
  staged_text_->setVisible(any);
  apply_->setVisible(any);
  discard_->setVisible(any);
  reuse_->setVisible(!any && editor_->spec());
  note_->setVisible(!any);
  emit stagedChanged(static_cast<int>(changes.size()));
}

void ConfigPanel::apply() {
  // What is being typed counts as well.
  if (auto* line = qobject_cast<QLineEdit*>(QApplication::focusWidget()); line && isAncestorOf(line)) emit line->editingFinished();
  if (!editor_->isValid()) return;
  const auto changes = staged();
  undo_.clear();
  for (const auto& [path, value] : changes) {
    config::set(shown_, path.toStdString(), value);
    told_[path] = {value, QDateTime::currentMSecsSinceEpoch()};
    emit applied(path, value);
  }
  showStaged();
}

void ConfigPanel::discard() {
  for (const auto& [path, value] : staged()) {
    RunDraft draft = editor_->draft();
    if (const Json* before = config::find(shown_, path.toStdString())) config::set(draft.options, path.toStdString(), *before);
    editor_->setDraft(editor_->spec(), std::move(draft));
  }
  undo_.clear();
  showStaged();
}

}  // namespace geocyte::desktop
