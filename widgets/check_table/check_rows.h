// SPDX-License-Identifier: GPL-3.0-or-later
// Draws the rows of a CheckTable under the headings of their kinds: a mark, what it is, the number with its interval against its bound, and
// what is worst. In one line where there is room, else in two. Keys: up and down move, Enter and Space select, I explains, Esc clears.
#pragma once

#include <QRectF>
#include <QWidget>

#include <vector>

#include "widgets/check_table/check_item.h"

namespace geocyte::widgets::check_table {

class CheckRows : public QWidget {
  Q_OBJECT
 public:
  explicit CheckRows(QWidget* parent = nullptr);
  void setItems(std::vector<CheckItem> items);
  const std::vector<CheckItem>& items() const { return items_; }
  /// The row whose worst sources are selected; -1 = none.
  void setSelected(int row);
  int current() const { return current_; }
  /// Of the row and of the button that explains it, in this widget.
  QRectF rowRect(int row) const;
  QRectF explainRect(int row) const;
  QSize sizeHint() const override;
  QSize minimumSizeHint() const override { return {200, 40}; }

 signals:
  void activated(int row);
  void explainWanted(int row);
  void hovered(int row, const QPoint& global);   ///< -1 = none
  void cleared();
  void currentMoved(int row);

 protected:
  void paintEvent(QPaintEvent* event) override;
  void mousePressEvent(QMouseEvent* event) override;
  void mouseMoveEvent(QMouseEvent* event) override;
  void leaveEvent(QEvent* event) override;
  void keyPressEvent(QKeyEvent* event) override;
  void resizeEvent(QResizeEvent* event) override;
  bool event(QEvent* event) override;

 private:
  bool isWide() const;
  int rowHeight(int row) const;
  int rowAt(const QPointF& at) const;
  bool opensKind(int row) const;
  void paintRow(QPainter& painter, int row) const;
  /// The words of a row: on one line, or on two where there is little room. `area`: of the first line.
  void paintWide(QPainter& painter, const QRectF& area, const CheckItem& item, const QColor& quiet) const;
  void paintNarrow(QPainter& painter, const QRectF& area, const CheckItem& item, const QColor& quiet) const;
  void paintRange(QPainter& painter, const QRectF& area, const CheckItem& item) const;
  void layOut();
  std::vector<CheckItem> items_;
  std::vector<double> top_;                ///< of each row
  double bottom_ = 0;
  int current_ = -1, selected_ = -1, hover_ = -1;
};

}  // namespace geocyte::widgets::check_table
