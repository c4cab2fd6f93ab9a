// SPDX-License-Identifier: GPL-3.0-or-later
// A list of structs as a table: one row an entry, one column a field, with buttons to add, duplicate, move and remove rows.
// Where a column holds paths, files can be chosen: several at once for new rows, one in its cell.
//
// Keys in the table: F2 or typing edits a cell, Insert adds a row, Ctrl+D duplicates the current one, Alt+Up and Alt+Down move
// it, Delete removes the selected ones. A cell takes no value that its field refuses.
#pragma once

#include <QVariantList>
#include <QWidget>

#include "widgets/base/field_model.h"

class QLabel;
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
  /// Said in place of the rows while there is none.
  void setPlaceholder(const QString& text);
  QTableView* view() const { return view_; }

  void addRow();
  void duplicateRow();
  void removeRows();
  /// By one place up (-1) or down (1).
  void moveRow(int by);
  /// One row a file: its path, and its name where there is a column "name".
  void addFiles(const QStringList& files);

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
  void showColumns();
  void fitHeight();
  void fitColumns();

  Field field_;
  StructModel* model_;
  QTableView* view_;
  QLabel* placeholder_;
  QToolButton *add_, *files_, *duplicate_, *up_, *down_, *remove_;
  bool read_only_ = false;
};

}  // namespace geocyte::widgets
