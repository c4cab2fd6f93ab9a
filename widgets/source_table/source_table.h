// SPDX-License-Identifier: GPL-3.0-or-later
// Numbers of each category of an axis, for example of each source, one row a category.
//
// Bindings: "column1" … "column12" arrays over one axis (their captions are the titles); of a square matrix the largest
// entry of the row outside the diagonal is taken. "gate1" … a bound: ".36" or ">.36" marks values above it, "<.5" below;
// "pass1" … an array of the same shape (1 passes, 0 fails) that judges instead. "title1" … another title. "labels" name of the label set (default: the axis of the first column). "counts" the title
// of a column that counts the rows of each category ("cells"; the name of the label gives "n"); without it there is none.
// A click selects the category everywhere, Ctrl and Shift several; arrow keys move, Esc clears. A click on the header sorts.
#pragma once

#include <QStringList>

#include "widgets/base/view.h"

class QTableView;

namespace geocyte::widgets::source_table {

class TableModel;
class TableOrder;
struct TableColumn;

class SourceTable : public View {
  Q_OBJECT
 public:
  explicit SourceTable(const ViewContext& context, QWidget* parent = nullptr);

  void bind(const QHash<QString, QString>& bindings) override;
  void setArrays(const ArrayMap& arrays) override;
  /// In the order that is shown.
  QList<QStringList> table() const override;
  QTableView* view() const { return view_; }

 protected:
  void refresh() override;
  bool eventFilter(QObject* watched, QEvent* event) override;

 private:
  void rebuild();
  QString axisName() const;
  const ArrayView* array(int column) const;
  TableColumn columnOf(int number, const ArrayView& array, std::int64_t rows) const;
  void sendSelection();
  void showSelection();

  ArrayMap arrays_;
  TableModel* model_;
  TableOrder* order_;
  QTableView* view_;
  bool quiet_ = false;
};

}  // namespace geocyte::widgets::source_table
