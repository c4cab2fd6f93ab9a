// SPDX-License-Identifier: GPL-3.0-or-later
// The drawing of a labelled matrix: crisp cells with gaps, hatching, focus, labels that elide or turn.
#pragma once

#include <QStringList>
#include <QWidget>

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "widgets/base/hover_card.h"
#include "widgets/matrix_heatmap/cell_colors.h"

namespace geocyte::widgets::matrix_heatmap {

struct GridData {
  int rows = 0, columns = 0;
  std::vector<double> values;           ///< row-major; NaN cells stay blank
  QStringList row_names, column_names;
  CellScale scale;
  std::vector<std::uint8_t> fails, judged;      ///< one a cell: beyond its gate; has a gate at all
  std::vector<double> bounds;           ///< of each cell, where they differ; NaN = the gate of the scale
  QString within, beyond;               ///< words of the legend; "" = no legend
  double value(int row, int column) const { return values[static_cast<std::size_t>(row) * static_cast<std::size_t>(columns) + static_cast<std::size_t>(column)]; }
  bool isAboveGate(int row, int column) const { return flag(fails, row, column); }
  bool isJudged(int row, int column) const { return flag(judged, row, column); }
  /// The gate of a cell; nothing where there is none.
  std::optional<double> gateAt(int row, int column) const;
  QColor fillOf(int row, int column, bool dark) const;
  bool flag(const std::vector<std::uint8_t>& flags, int row, int column) const {
    const std::size_t at = static_cast<std::size_t>(row) * static_cast<std::size_t>(columns) + static_cast<std::size_t>(column);
    return at < flags.size() && flags[at] != 0;
  }
};

class MatrixGrid : public QWidget {
  Q_OBJECT
 public:
  explicit MatrixGrid(QWidget* parent = nullptr);
  void setData(GridData data);
  const GridData& data() const { return data_; }
  /// Said beside the mouse while it is on a cell.
  void setHover(std::function<HoverContent(int row, int column)> content) { hover_ = std::move(content); }
  /// Names that stand out because they are selected.
  void setSelectedNames(const QStringList& names);
  void setFocusCell(int row, int column);       ///< -1 = none
  int focusRow() const { return focus_row_; }
  int focusColumn() const { return focus_column_; }
  /// Where a cell stands, without its gap.
  QRectF cellRect(int row, int column) const;
  QString cellText(int row, int column, int decimals = 2) const;
  /// Where the legend stands; empty without one.
  QRectF legendRect() const;
  QSize minimumSizeHint() const override { return {160, 140}; }

 signals:
  void cellActivated(int row, int column, bool add);
  /// A label: its index among the rows or the columns.
  void labelActivated(int index, bool is_row, bool add);
  void cleared();

 protected:
  void paintEvent(QPaintEvent* event) override;
  void resizeEvent(QResizeEvent* event) override;
  void mousePressEvent(QMouseEvent* event) override;
  void mouseMoveEvent(QMouseEvent* event) override;
  void leaveEvent(QEvent* event) override;
  void keyPressEvent(QKeyEvent* event) override;
  bool event(QEvent* event) override;

 private:
  static constexpr double kLabelGap = 10, kTurned = 35;   // pixels, degrees
  struct Geometry {
    double left = 0, top = 0, cell_width = 0, cell_height = 0, label_width = 0, label_height = 0;
    bool turned = false;        ///< column labels stand at an angle
  };
  Geometry arrange() const;
  bool hit(const QPointF& at, int* row, int* column) const;
  int rowLabelAt(const QPointF& at) const;
  int columnLabelAt(const QPointF& at) const;
  void paintCell(QPainter& painter, int row, int column) const;
  void paintLabels(QPainter& painter) const;
  void paintLegend(QPainter& painter) const;
  GridData data_;
  Geometry at_;
  std::function<HoverContent(int, int)> hover_;
  QStringList selected_;
  int focus_row_ = -1, focus_column_ = -1, hover_row_ = -1, hover_column_ = -1;
};

}  // namespace geocyte::widgets::matrix_heatmap
