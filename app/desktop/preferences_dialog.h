// SPDX-License-Identifier: GPL-3.0-or-later
// What the user prefers: where runs are written, how the window looks, what new runs compute on, when to be told.
#pragma once

#include <QDialog>

class QCheckBox;
class QComboBox;
class QLabel;
class QLineEdit;
class QPushButton;
class QSpinBox;

namespace geocyte::desktop {

class Preferences;

class PreferencesDialog : public QDialog {
  Q_OBJECT
 public:
  explicit PreferencesDialog(Preferences& preferences, QWidget* parent = nullptr);

 signals:
  /// At once, so that it can be seen; taken back by Cancel.
  void themeTried(const QString& theme);

 private:
  void judge();
  void save();
  Preferences& preferences_;
  QLineEdit* runs_;
  QComboBox *theme_, *device_;
  QSpinBox* threads_;
  QCheckBox* notify_;
  QLabel* note_;
  QPushButton* save_;
  QString theme_before_;
};

}  // namespace geocyte::desktop
