// SPDX-License-Identifier: GPL-3.0-or-later
// How much of each category is selected, as rows with a bar: one block a label, blocks side by side.
#pragma once

#include <QColor>
#include <QString>
#include <QWidget>

#include <cstdint>
#include <vector>

#include "widgets/base/array_map.h"
#include "widgets/base/hover_card.h"

namespace geocyte::widgets::selection_counts {

struct CategoryCount {
  QString name;
  QColor color;
  std::int64_t selected = 0, all = 0;
  double share() const { return all > 0 ? static_cast<double>(selected) / static_cast<double>(all) : 0; }
};

struct LabelBlock {
  QString label;
  std::vector<CategoryCount> rows;
};

/// Counts of the rows with a set byte in `mask` (empty = all rows are counted as not selected). Rows without a category are
/// the last entry, "not known", where there are any. Empty when the label has no codes or the mask another length.
LabelBlock blockOf(const LabelView& label, const std::vector<std::uint8_t>& mask);

class CategoryBars : public QWidget {
  Q_OBJECT
 public:
  explicit CategoryBars(QWidget* parent = nullptr);
  /// `expected`: the selected share of everything, drawn as a tick on each bar; below 0 = nothing is selected.
  void setBlocks(std::vector<LabelBlock> blocks, double expected);
  const std::vector<LabelBlock>& blocks() const { return blocks_; }
  QRectF rowRect(int block, int row) const;
  QSize minimumSizeHint() const override { return {160, 110}; }

 signals:
  void categoryActivated(int block, int row, bool add);

 protected:
  void paintEvent(QPaintEvent* event) override;
  void mousePressEvent(QMouseEvent* event) override;
  void mouseMoveEvent(QMouseEvent* event) override;

 private:
  bool hit(const QPointF& at, int* block, int* row) const;
  int rowsShown(const LabelBlock& block) const;
  void paintRow(QPainter& painter, const QRectF& where, const CategoryCount& row) const;
  std::vector<LabelBlock> blocks_;
  double expected_ = -1;
};

}  // namespace geocyte::widgets::selection_counts
