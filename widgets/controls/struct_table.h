// SPDX-License-Identifier: GPL-3.0-or-later
// A list of structs as a table: one row an entry, one column a field, with buttons to add, duplicate and remove rows.
//
// Keys in the table: F2 or typing edits a cell, Insert adds a row, Ctrl+D duplicates the current one, Delete removes the
// selected ones. A cell takes no value that its field refuses.
#pragma once

#include <QVariantList>
#include <QWidget>

#include "widgets/base/field_model.h"

class QTableView;
class QToolButton;

namespace geocyte::widgets {

class StructModel;

class StructTable : public QWidget {
  Q_OBJECT
 public:
  explicit StructTable(const Field& field, QWidget* parent = nullptr);
  /// Shows these rows; emits nothing.
  void setRows(const QVariantList& rows);
  QVariantList rows() const;
  void setReadOnly(bool read_only);
  QTableView* view() const { return view_; }

  void addRow();
  void duplicateRow();
  void removeRows();

 signals:
  /// By the user: the whole list.
  void changed(const QVariantList& rows);
  /// A cell or a number of rows that cannot be taken; nothing has changed.
  void refused(const QString& error);
  /// The user has gone on: the complaint has been read.
  void settled();

 protected:
  bool eventFilter(QObject* watched, QEvent* event) override;

 private:
  QToolButton* button(const QString& icon, const QString& name, const QString& tip);
  void take(const QVariantList& rows, int current);
  void showButtons();
  void fitHeight();

  Field field_;
  StructModel* model_;
  QTableView* view_;
  QToolButton *add_, *duplicate_, *remove_;
  bool read_only_ = false;
};

}  // namespace geocyte::widgets
