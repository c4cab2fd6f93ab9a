// SPDX-License-Identifier: GPL-3.0-or-later
// Name, tags and notes of a run: the user's own words about it.
#pragma once

#include <QDialog>

#include "engine/store/user_marks.h"

class QLineEdit;
class QPlainTextEdit;

namespace geocyte::desktop {

class RunMarksDialog : public QDialog {
  Q_OBJECT
 public:
  /// `original`: the name that the run was started with, which stands where no other is given.
  RunMarksDialog(const QString& original, const store::UserMarks& marks, const QString& notes, QWidget* parent = nullptr);
  store::UserMarks marks() const;
  QString notes() const;

 private:
  QLineEdit *name_, *tags_;
  QPlainTextEdit* notes_;
};

}  // namespace geocyte::desktop
