// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/save_preset_dialog.h"

#include <QFormLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QVBoxLayout>

#include "engine/config/user_presets.h"
#include "engine/core/error.h"
#include "widgets/theme/theme.h"

namespace geocyte::desktop {
namespace {

QLineEdit* line(const char* name, const QString& label, const QString& tip) {
  auto* made = new QLineEdit;
  made->setObjectName(QString::fromLatin1(name));
  made->setAccessibleName(label);
  made->setToolTip(tip);
  made->setMinimumWidth(280);
  return made;
}

}  // namespace

SavePresetDialog::SavePresetDialog(const config::SystemSpec& spec, const RunDraft& draft, QWidget* parent) : QDialog(parent), spec_(spec), draft_(draft) {
  setObjectName(QStringLiteral("savePresetDialog"));
  setWindowTitle(tr("Save as preset"));
  name_ = line("presetName", tr("Name"), tr("Letters, digits, '-', '_' and '.'"));
  title_ = line("presetTitle", tr("Title"), tr("A few words for the menu of presets"));
  if (!draft.name.isEmpty()) title_->setText(draft.name);
  note_ = new QLabel;
  note_->setObjectName(QStringLiteral("presetNote"));
  note_->setWordWrap(true);
  auto* cancel = new QPushButton(tr("Cancel"));
  cancel->setObjectName(QStringLiteral("presetCancel"));
  cancel->setToolTip(tr("Save nothing"));
  save_ = new QPushButton(tr("Save"));
  save_->setObjectName(QStringLiteral("presetSave"));
  save_->setToolTip(tr("Write the preset into your folder of presets"));
  save_->setDefault(true);
  widgets::setButtonKind(save_, "primary");
  auto* form = new QFormLayout;
  form->setHorizontalSpacing(14);
  form->setVerticalSpacing(8);
  form->addRow(tr("Name"), name_);
  form->addRow(tr("Title"), title_);
  auto* buttons = new QHBoxLayout;
  buttons->addStretch(1);
  buttons->addWidget(cancel);
  buttons->addWidget(save_);
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(20, 16, 20, 16);
  column->setSpacing(12);
  column->addLayout(form);
  column->addWidget(note_);
  column->addLayout(buttons);
  setMinimumWidth(420);
  connect(name_, &QLineEdit::textChanged, this, &SavePresetDialog::judge);
  connect(cancel, &QPushButton::clicked, this, &QDialog::reject);
  connect(save_, &QPushButton::clicked, this, &SavePresetDialog::save);
  judge();
  name_->setFocus();
}

void SavePresetDialog::judge() {
  const std::string name = name_->text().trimmed().toStdString();
  const bool valid = config::is_user_preset_name(name);
  save_->setEnabled(valid);
  std::error_code ignored;
  const auto file = config::user_presets_folder() / (name + ".yaml");
  const bool there = valid && std::filesystem::exists(file, ignored);
  const QString kept = QString::fromStdString(file.parent_path().string());
  note_->setText(name.empty() ? tr("It is kept in %1 and trained anywhere as user/NAME.").arg(kept)
                 : !valid     ? tr("A name is made of letters, digits, '-', '_' and '.', and does not begin with a dot.")
                 : there      ? tr("You have a preset of this name: it will be replaced.")
                              : tr("geocyte-engine train --preset user/%1").arg(name_->text().trimmed()));
  widgets::setTone(note_, !valid && !name.empty() ? widgets::Tone::bad : there ? widgets::Tone::warn : widgets::Tone::dim);
}

void SavePresetDialog::save() {
  const QString name = name_->text().trimmed();
  try {
    RunDraft draft = draft_;
    if (draft.preset == QStringLiteral("user/") + name) {   // it cannot be its own parent: everything is written out
      draft.preset = draft.system;
      draft.base = config::defaults(spec_.parameters);
    }
    config::save_user_preset(config::user_presets_folder(), name.toStdString(), yamlOf(spec_.parameters, draft, title_->text().trimmed().toStdString()));
  } catch (const Error& error) {
    note_->setText(QString::fromUtf8(error.what()));
    widgets::setTone(note_, widgets::Tone::bad);
    return;
  }
  saved_ = QStringLiteral("user/") + name;
  accept();
}

}  // namespace geocyte::desktop
