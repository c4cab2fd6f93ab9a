// SPDX-License-Identifier: GPL-3.0-or-later
// Asks for a name and keeps a draft under it among the user's presets.
#pragma once

#include <QDialog>

#include "app/desktop/run_draft.h"

class QLabel;
class QLineEdit;
class QPushButton;

namespace geocyte::desktop {

class SavePresetDialog : public QDialog {
  Q_OBJECT
 public:
  SavePresetDialog(const config::SystemSpec& spec, const RunDraft& draft, QWidget* parent = nullptr);
  /// "user/mine" after it was accepted.
  QString saved() const { return saved_; }

 private:
  void judge();
  void save();
  const config::SystemSpec& spec_;
  RunDraft draft_;
  QLineEdit *name_, *title_;
  QLabel* note_;
  QPushButton* save_;
  QString saved_;
};

}  // namespace geocyte::desktop
