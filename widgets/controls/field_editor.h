// SPDX-License-Identifier: GPL-3.0-or-later
// The widget that edits one field, by its type: line, switch, drop-down, path with a button, table.
#pragma once

#include <QWidget>

#include "widgets/base/field_model.h"

namespace geocyte::widgets {

inline constexpr int kFieldWidth = 104;       ///< of fields beside their label

class FieldEditor : public QWidget {
  Q_OBJECT
 public:
  using QWidget::QWidget;
  /// Shows a value and forgets what was being typed. Emits nothing.
  virtual void setValue(const QVariant& value) = 0;
  virtual void setReadOnly(bool read_only) = 0;
  virtual void setInvalid(bool invalid) = 0;
  /// Folders that are likely meant, of a path: a menu beside the line. What is being typed stays.
  virtual void setChoices(const QStringList&) {}
  /// Needs the whole width below the label.
  virtual bool isWide() const { return false; }
  /// The widget that takes the keys: buddy of the label, bearer of name and tooltip.
  virtual QWidget* target() = 0;

 signals:
  /// A value that can be taken.
  void committed(const QVariant& value);
  /// What was typed cannot be taken; it stays in the editor.
  void refused(const QString& error);
  /// What was typed is given up; the committed value is shown again.
  void reverted();
};

FieldEditor* makeFieldEditor(const Field& field, QWidget* parent);

}  // namespace geocyte::widgets
