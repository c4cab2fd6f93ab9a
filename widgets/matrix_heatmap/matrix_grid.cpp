// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/matrix_heatmap/matrix_grid.h"

#include <QFontMetricsF>
#include <QHelpEvent>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QToolTip>

#include <algorithm>
#include <cmath>

#include "widgets/base/number_format.h"
#include "widgets/theme/fonts.h"

namespace geocyte::widgets::matrix_heatmap {
namespace {

constexpr double kMargin = 14, kMostCell = 66, kMostLabel = 150, kLeastWithLegend = 120;

double widest(const QStringList& names, const QFontMetricsF& metrics) {
  double width = 0;
  for (const QString& name : names) width = std::max(width, metrics.horizontalAdvance(name));
  return width;
}

}  // namespace

MatrixGrid::MatrixGrid(QWidget* parent) : QWidget(parent) {
  setFocusPolicy(Qt::StrongFocus);
  setMouseTracking(true);
  setBackgroundRole(QPalette::Base);
  setAutoFillBackground(true);
  setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Expanding);
}

void MatrixGrid::setData(GridData data) {
  data_ = std::move(data);
  if (focus_row_ >= data_.rows || focus_column_ >= data_.columns) focus_row_ = focus_column_ = -1;
  at_ = arrange();
  update();
}

void MatrixGrid::setSelectedNames(const QStringList& names) {
  if (selected_ == names) return;
  selected_ = names;
  update();
}

void MatrixGrid::setFocusCell(int row, int column) {
  if (row >= data_.rows || column >= data_.columns) return;
  focus_row_ = row;
  focus_column_ = column;
  if (row >= 0)
    setAccessibleDescription(QStringLiteral("%1, %2: %3").arg(data_.row_names.value(row), data_.column_names.value(column), cellText(row, column)));
  update();
}

MatrixGrid::Geometry MatrixGrid::arrange() const {
  Geometry g;
  if (data_.rows == 0 || data_.columns == 0) return g;
  const QFontMetricsF metrics(captionFont());
  const double row_label = std::min({widest(data_.row_names, metrics) + 2, kMostLabel, width() * 0.3});
  const double column_label = std::min(widest(data_.column_names, metrics) + 2, kMostLabel);
  g.label_width = row_label;
  const double room_x = width() - 2 * kMargin - row_label - kLabelGap;
  double cell = std::min(kMostCell, room_x / data_.columns);
  g.turned = column_label + 6 > cell;
  g.label_height = g.turned ? std::min(column_label, 100.0) * std::sin(kTurned * M_PI / 180) + metrics.height() : metrics.height() + 2;
  const double room_y = height() - kMargin - g.label_height - kLabelGap - legendRect().height();
  // Square where there is room for it; flat rather than cut off where there is not.
  g.cell_width = std::max(2.0, std::floor(cell));
  g.cell_height = std::max(2.0, std::floor(std::min(kMostCell, room_y / data_.rows)));
  if (g.cell_height < g.cell_width) g.cell_width = std::max(g.cell_height, std::min(g.cell_width, g.cell_height * 1.6));
  else g.cell_height = std::min(g.cell_height, std::max(g.cell_width, 20.0));
  g.cell_width = std::floor(g.cell_width);
  const double whole_width = row_label + kLabelGap + g.cell_width * data_.columns;
  const double whole_height = g.cell_height * data_.rows + kLabelGap + g.label_height;
  g.left = std::floor(std::max(kMargin, (width() - whole_width) / 2)) + row_label + kLabelGap;
  g.left = std::floor(g.left);
  g.top = std::floor(std::max(2.0, (height() - legendRect().height() - whole_height) / 2));
  return g;
}

QRectF MatrixGrid::cellRect(int row, int column) const {
  const double gap = at_.cell_width >= 12 ? 2 : 0;
  return {at_.left + column * at_.cell_width, at_.top + row * at_.cell_height, at_.cell_width - gap, at_.cell_height - gap};
}

QString MatrixGrid::cellText(int row, int column, int decimals) const {
  const double value = data_.value(row, column);
  return std::isfinite(value) ? widgets::cellText(value, decimals) : QString();
}

QRectF MatrixGrid::legendRect() const {
  if (data_.within.isEmpty() || height() < kLeastWithLegend) return {};
  const double tall = QFontMetricsF(captionFont()).height() + 8;
  return {kMargin, height() - tall, width() - 2 * kMargin, tall};
}

void MatrixGrid::resizeEvent(QResizeEvent*) { at_ = arrange(); }

bool MatrixGrid::hit(const QPointF& at, int* row, int* column) const {
  if (at_.cell_width <= 0 || at.x() < at_.left || at.y() < at_.top) return false;
  *column = static_cast<int>((at.x() - at_.left) / at_.cell_width);
  *row = static_cast<int>((at.y() - at_.top) / at_.cell_height);
  return *row < data_.rows && *column < data_.columns;
}

int MatrixGrid::rowLabelAt(const QPointF& at) const {
  if (at_.cell_height <= 0 || at.x() >= at_.left || at.x() < at_.left - kLabelGap - at_.label_width || at.y() < at_.top) return -1;
  const int row = static_cast<int>((at.y() - at_.top) / at_.cell_height);
  return row < data_.rows ? row : -1;
}

int MatrixGrid::columnLabelAt(const QPointF& at) const {
  const double base = at_.top + data_.rows * at_.cell_height;
  if (at_.cell_width <= 0 || at.y() < base || at.y() > base + kLabelGap + at_.label_height || at.x() < at_.left) return -1;
  const int column = static_cast<int>((at.x() - at_.left) / at_.cell_width);
  return column < data_.columns ? column : -1;
}

void MatrixGrid::mousePressEvent(QMouseEvent* event) {
  if (event->button() != Qt::LeftButton) return;
  const bool add = event->modifiers() & (Qt::ControlModifier | Qt::ShiftModifier);
  int row = -1, column = -1;
  if (hit(event->position(), &row, &column)) {
    setFocusCell(row, column);
    emit cellActivated(row, column, add);
  } else if (const int r = rowLabelAt(event->position()); r >= 0) {
    emit labelActivated(r, true, add);
  } else if (const int k = columnLabelAt(event->position()); k >= 0) {
    emit labelActivated(k, false, add);
  } else {
    setFocusCell(-1, -1);
    emit cleared();
  }
}

void MatrixGrid::mouseMoveEvent(QMouseEvent* event) {
  int row = -1, column = -1;
  if (!hit(event->position(), &row, &column)) row = column = -1;
  const bool over_label = rowLabelAt(event->position()) >= 0 || columnLabelAt(event->position()) >= 0;
  setCursor(row >= 0 || over_label ? Qt::PointingHandCursor : Qt::ArrowCursor);
  if (row == hover_row_ && column == hover_column_) return;
  hover_row_ = row;
  hover_column_ = column;
  if (row >= 0 && hover_) HoverCard::showAt(event->globalPosition().toPoint(), hover_(row, column), this);
  else HoverCard::hideFrom(this);
  update();
}

void MatrixGrid::leaveEvent(QEvent*) {
  hover_row_ = hover_column_ = -1;
  update();
}

void MatrixGrid::keyPressEvent(QKeyEvent* event) {
  if (data_.rows == 0 || data_.columns == 0) return QWidget::keyPressEvent(event);
  const auto move = [this](int down, int right) {
    setFocusCell(std::clamp(std::max(0, focus_row_) + (focus_row_ < 0 ? 0 : down), 0, data_.rows - 1),
                 std::clamp(std::max(0, focus_column_) + (focus_column_ < 0 ? 0 : right), 0, data_.columns - 1));
  };
  switch (event->key()) {
    case Qt::Key_Up: return move(-1, 0);
    case Qt::Key_Down: return move(1, 0);
    case Qt::Key_Left: return move(0, -1);
    case Qt::Key_Right: return move(0, 1);
    case Qt::Key_Return: case Qt::Key_Enter: case Qt::Key_Space:
      if (focus_row_ >= 0) emit cellActivated(focus_row_, focus_column_, event->modifiers() & Qt::ControlModifier);
      return;
    case Qt::Key_Escape:
      setFocusCell(-1, -1);
      emit cleared();
      return;
    default: QWidget::keyPressEvent(event);
  }
}

bool MatrixGrid::event(QEvent* event) {
  if (event->type() != QEvent::ToolTip) return QWidget::event(event);
  const auto* help = static_cast<QHelpEvent*>(event);
  int row = -1, column = -1;
  if (hit(help->pos(), &row, &column)) QToolTip::hideText();   // the card says it
  else if (const int r = rowLabelAt(help->pos()); r >= 0) QToolTip::showText(help->globalPos(), data_.row_names.value(r), this);
  else if (const int k = columnLabelAt(help->pos()); k >= 0) QToolTip::showText(help->globalPos(), data_.column_names.value(k), this);
  else QToolTip::hideText();
  return true;
}

}  // namespace geocyte::widgets::matrix_heatmap
