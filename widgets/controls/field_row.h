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
  /// `base`: what the default value is of ("preset demo"); "" = the default.
  explicit FieldRow(const Field& field, const QString& base = {}, QWidget* parent = nullptr);
  const Field& field() const { return field_; }
  /// The committed value; what was being typed and its complaint are gone.
  void setValue(const QVariant& value);
  void setReadOnly(bool read_only);
  /// Folders that are likely meant, of a path.
  void setChoices(const QStringList& choices);
  /// Depends on the switch above it: stands further in.
  void setIndented(bool indented);
  /// Changed here and not yet told to the engine: the mark takes another colour.
  void setStaged(bool staged);
  /// Takes no input because it does nothing as the others are set: `reason` says why, below it where `said` (of rows that follow each
  /// other for one reason the last says it), else in its tooltip alone; "" = it acts.
  void setIdle(const QString& reason, bool said);
  const QString& idle() const { return idle_; }
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
  bool read_only_ = false, staged_ = false, says_idle_ = false;
  QString base_, idle_, own_error_, outer_error_;
  ElidedLabel* label_;
  QLabel *dot_, *error_, *idle_note_;
  QToolButton* reset_;
  FieldEditor* editor_;
};

}  // namespace geocyte::widgets
