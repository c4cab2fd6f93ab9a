// SPDX-License-Identifier: GPL-3.0-or-later
// The drawing of the cells, their labels and the legend of their colours.
#include <QFontMetricsF>
#include <QPainter>
#include <QPainterPath>

#include <algorithm>
#include <cmath>

#include "widgets/matrix_heatmap/matrix_grid.h"
#include "widgets/theme/colors.h"
#include "widgets/theme/fonts.h"

namespace geocyte::widgets::matrix_heatmap {
namespace {

constexpr double kRadius = 3, kHatch = 6, kTextPadding = 3, kSwatch = 11, kLegendGap = 18;

/// Strokes over a fill: what fails is told by more than its colour.
void hatch(QPainter& painter, const QRectF& rect, double radius, const QColor& fill, bool dark) {
  QPainterPath clip;
  clip.addRoundedRect(rect, radius, radius);
  painter.save();
  painter.setClipPath(clip);
  painter.setPen(QPen(mixed(fill, dark ? QColor(Qt::white) : QColor(Qt::black), 0.13), 1));
  for (double x = rect.left() - rect.height(); x < rect.right(); x += kHatch) painter.drawLine(QPointF(x, rect.bottom()), QPointF(x + rect.height(), rect.top()));
  painter.restore();
}

}  // namespace

std::optional<double> GridData::gateAt(int row, int column) const {
  const std::size_t at = static_cast<std::size_t>(row) * static_cast<std::size_t>(columns) + static_cast<std::size_t>(column);
  return at < bounds.size() && std::isfinite(bounds[at]) ? std::optional(bounds[at]) : scale.gate;
}

QColor GridData::fillOf(int row, int column, bool dark) const {
  CellScale own = scale;
  own.gate = gateAt(row, column);
  return cellColor(value(row, column), own, dark, isJudged(row, column) ? std::optional(isAboveGate(row, column)) : std::nullopt);
}

void MatrixGrid::paintCell(QPainter& painter, int row, int column) const {
  const ThemeColors& c = themeColors();
  const QRectF rect = cellRect(row, column);
  const double radius = rect.width() >= 20 ? kRadius : 0;
  const double value = data_.value(row, column);
  painter.setPen(Qt::NoPen);
  if (!std::isfinite(value)) {
    painter.setPen(QPen(mixed(c.panel, c.line, 0.8), 1));
    painter.setBrush(Qt::NoBrush);
    painter.drawRoundedRect(rect.adjusted(0.5, 0.5, -0.5, -0.5), radius, radius);
    return;
  }
  const QColor fill = data_.fillOf(row, column, c.dark);
  painter.setBrush(fill);
  painter.drawRoundedRect(rect, radius, radius);
  const QColor text = cellTextColor(fill);
  if (data_.isAboveGate(row, column) && rect.width() >= 8) hatch(painter, rect, radius, fill, c.dark);
  // In small cells with one decimal: colour and hatching tell passing from failing, the read-out has all digits.
  const QFontMetricsF metrics(monoFont());
  if (metrics.capHeight() + kTextPadding > rect.height()) return;
  painter.setFont(monoFont());
  painter.setPen(text);
  for (const int decimals : {2, 1})
    if (const QString label = cellText(row, column, decimals); metrics.horizontalAdvance(label) + kTextPadding <= rect.width()) return painter.drawText(rect, Qt::AlignCenter, label);
}

void MatrixGrid::paintLabels(QPainter& painter) const {
  const ThemeColors& c = themeColors();
  const QFontMetricsF metrics(captionFont());
  QFont bold = captionFont();
  bold.setWeight(QFont::DemiBold);
  const auto dress = [&](const QString& name, bool focus) {
    const bool marked = selected_.contains(name) || focus;
    painter.setFont(marked ? bold : captionFont());
    painter.setPen(marked || selected_.isEmpty() ? c.ink : c.dim);
  };
  // Where labels would touch, only every k-th is printed; the tooltip names the rest.
  const int every_row = std::max(1, static_cast<int>(std::ceil(metrics.height() * 0.95 / at_.cell_height)));
  for (int row = 0; row < data_.rows; row += every_row) {
    const QString name = data_.row_names.value(row);
    dress(name, row == focus_row_);
    const QRectF where(at_.left - kLabelGap - at_.label_width, cellRect(row, 0).center().y() - 10, at_.label_width, 20);
    painter.drawText(where, Qt::AlignRight | Qt::AlignVCenter, metrics.elidedText(name, Qt::ElideMiddle, at_.label_width));
  }
  const double base = at_.top + data_.rows * at_.cell_height + kLabelGap - 4;
  const int every_column = at_.turned ? std::max(1, static_cast<int>(std::ceil(metrics.height() * 1.1 / at_.cell_width))) : 1;
  for (int column = 0; column < data_.columns; column += every_column) {
    const QString name = data_.column_names.value(column);
    dress(name, column == focus_column_);
    const double middle = cellRect(0, column).center().x();
    if (!at_.turned) {
      painter.drawText(QRectF(middle - at_.cell_width, base, 2 * at_.cell_width, metrics.height() + 2), Qt::AlignHCenter | Qt::AlignTop, name);
      continue;
    }
    painter.save();
    painter.translate(middle + 4, base + 4);
    painter.rotate(-kTurned);
    painter.drawText(QRectF(-100, -metrics.height() / 2, 100, metrics.height() + 2), Qt::AlignRight | Qt::AlignVCenter,
                     metrics.elidedText(name, Qt::ElideMiddle, 100));
    painter.restore();
  }
}

void MatrixGrid::paintLegend(QPainter& painter) const {
  const QRectF line = legendRect();
  if (line.isEmpty()) return;
  const ThemeColors& c = themeColors();
  const QFontMetricsF metrics(captionFont());
  const auto width_of = [&](const QString& words) { return kSwatch + 6 + metrics.horizontalAdvance(words); };
  double x = std::max(line.left(), line.left() + (line.width() - width_of(data_.within) - kLegendGap - width_of(data_.beyond)) / 2);
  painter.setFont(captionFont());
  for (const bool fails : {false, true}) {
    const QString& words = fails ? data_.beyond : data_.within;
    const QRectF swatch(std::round(x), std::round(line.center().y() - kSwatch / 2), kSwatch, kSwatch);
    const QColor fill = fails ? c.beyond : c.within;
    painter.setPen(Qt::NoPen);
    painter.setBrush(fill);
    painter.drawRoundedRect(swatch, 2, 2);
    if (fails) hatch(painter, swatch, 2, fill, c.dark);
    painter.setPen(c.dim);
    const double left = swatch.right() + 6, room = line.right() - left;
    painter.drawText(QRectF(left, line.top(), room, line.height()), Qt::AlignLeft | Qt::AlignVCenter, metrics.elidedText(words, Qt::ElideRight, room));
    x += width_of(words) + kLegendGap;
  }
}

void MatrixGrid::paintEvent(QPaintEvent*) {
  if (data_.rows == 0 || data_.columns == 0) return;
  const ThemeColors& c = themeColors();
  QPainter painter(this);
  painter.setRenderHint(QPainter::Antialiasing);
  for (int row = 0; row < data_.rows; ++row)
    for (int column = 0; column < data_.columns; ++column) paintCell(painter, row, column);
  paintLabels(painter);
  paintLegend(painter);
  const auto outline = [&](int row, int column, const QColor& color, double width) {
    if (row < 0 || column < 0 || row >= data_.rows || column >= data_.columns) return;
    painter.setPen(QPen(color, width));
    painter.setBrush(Qt::NoBrush);
    const double out = width / 2;
    painter.drawRoundedRect(cellRect(row, column).adjusted(-out, -out, out, out), kRadius + 1, kRadius + 1);
  };
  outline(hover_row_, hover_column_, c.dim, 1);
  outline(focus_row_, focus_column_, c.accent, 2);
}

}  // namespace geocyte::widgets::matrix_heatmap
