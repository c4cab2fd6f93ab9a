// SPDX-License-Identifier: GPL-3.0-or-later
// One line of the form: mark of a change, label, live bolt, editor, arrow back to the default, and below it what is wrong.
#pragma once

#include <QWidget>

#include "widgets/base/field_model.h"

class QLabel;
class QToolButton;

namespace geocyte::widgets {

class ElidedLabel;
class FieldEditor;

class FieldRow : public QWidget {
  Q_OBJECT
 public:
  explicit FieldRow(const Field& field, QWidget* parent = nullptr);
  const Field& field() const { return field_; }
  /// The committed value; what was being typed and its complaint are gone.
  void setValue(const QVariant& value);
  void setReadOnly(bool read_only);
  /// A complaint from outside; "" takes it away. The own one is shown first.
  void setOuterError(const QString& error);
  QString error() const { return own_error_.isEmpty() ? outer_error_ : own_error_; }
  bool matches(const QString& words) const;
  QWidget* target() const;

 signals:
  void committed(const QVariant& value);
  void errorChanged();

 private:
  QWidget* head();
  void setOwnError(const QString& error);
  void showState();

  Field field_;
  bool read_only_ = false;
  QString own_error_, outer_error_;
  ElidedLabel* label_;
  QLabel *dot_, *error_;
  QToolButton* reset_;
  FieldEditor* editor_;
};

}  // namespace geocyte::widgets
