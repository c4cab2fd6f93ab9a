// SPDX-License-Identifier: GPL-3.0-or-later
// Draws an arrangement: the names of lines and columns stay in sight while the slots scroll. A slot has mean ± sd, its seeds, the difference
// to the baseline, and marks for runs that failed, go on or wait.
// Keys: arrows move, Enter or Space opens the cell, [ and ] go to the cell before and after, Home and End to the ends of a line, S sorts by the
// column, Esc closes.
#pragma once

#include <QAbstractScrollArea>

#include "widgets/ablation_matrix/arrangement.h"
#include "widgets/ablation_matrix/cell_words.h"

namespace geocyte::widgets::ablation_matrix {

class AblationGrid : public QAbstractScrollArea {
  Q_OBJECT
 public:
  explicit AblationGrid(QWidget* parent = nullptr);
  /// Keeps the place of the cursor where row and score are still there.
  void setArrangement(const Content& content, Arrangement arrangement, const Order& order);
  const Arrangement& arrangement() const { return arrangement_; }
  /// Moves the cursor there and into sight; -1 keeps line or column.
  void setCursorAt(int row, int score);
  int line() const { return line_; }
  int head() const { return head_; }
  /// The row that is shown in full beside; -1 = none.
  void setOpened(int row);
  int opened() const { return opened_; }
  /// In the viewport.
  QRectF slotRect(int line, int head) const;
  QRectF headRect(int head) const;
  QRectF lineRect(int line) const;
  QStringList slotText(int line, int head) const;
  QColor slotFill(int line, int head) const;

 signals:
  void cursorMoved(int row, int score);
  void activated(int row, int score);          ///< row -1: a line that has no cell
  void stepped(int direction);                 ///< [ and ]
  void sortWanted(int score);
  void closed();
  void hovered(int row, int score, const QPoint& global);   ///< row -1 = none

 protected:
  void paintEvent(QPaintEvent* event) override;
  void resizeEvent(QResizeEvent* event) override;
  void mousePressEvent(QMouseEvent* event) override;
  void mouseMoveEvent(QMouseEvent* event) override;
  void keyPressEvent(QKeyEvent* event) override;
  void scrollContentsBy(int dx, int dy) override;
  bool viewportEvent(QEvent* event) override;

 private:
  void layOut();
  void moveCursor(int line, int head);
  void showCursor();
  bool hit(const QPointF& at, int* line, int* head) const;
  double topOf(int line) const { return tops_[static_cast<std::size_t>(line)]; }
  void paintSlot(QPainter& painter, int line, int head) const;
  void paintValue(QPainter& painter, const QRectF& rect, const Row& row, const Value& value, int decimals, const QColor& text) const;
  void paintStanding(QPainter& painter, const QRectF& rect, const Row& row, Standing standing) const;
  void paintMarks(QPainter& painter, const QRectF& rect, const Row& row, const QColor& text) const;
  void paintHead(QPainter& painter, int head) const;
  void paintLine(QPainter& painter, int line) const;

  Content content_;
  Arrangement arrangement_;
  Order order_;
  std::vector<double> tops_;               ///< of each line below the heads, and the end
  std::vector<int> decimals_;              ///< of each score
  std::vector<double> largest_;            ///< difference of each score
  double line_width_ = 0, head_height_ = 0, slot_width_ = 0;
  int line_ = -1, head_ = -1, opened_ = -1;
};

}  // namespace geocyte::widgets::ablation_matrix
