// SPDX-License-Identifier: GPL-3.0-or-later
// What a tile draws besides its curves: chance line, flags, non-finite values, cross-hair with read-out, legend.
#pragma once

#include <QColor>
#include <QPointF>
#include <QRectF>
#include <QString>

#include <functional>
#include <vector>

#include "widgets/base/curve_set.h"

class QPainter;

namespace geocyte::widgets::loss_curves {

/// The rectangle of the axes and where a step and a value stand in it.
struct PlotFrame {
  QRectF area;
  std::function<double(double)> x, y;
};

struct ReadOutRow {
  QString name, smoothed, raw;
  QColor color;
  double value = 0;             ///< where its dot stands
};

void paintChance(QPainter& painter, const PlotFrame& frame, double chance);
void paintMarks(QPainter& painter, const PlotFrame& frame, const std::vector<Mark>& marks);
/// A triangle on the axis at each step whose value was not finite; near ones share one.
void paintMissing(QPainter& painter, const PlotFrame& frame, const std::vector<double>& steps, const QColor& color);
/// Short strokes on the axis: values that a logarithmic axis cannot show.
void paintRug(QPainter& painter, const PlotFrame& frame, const std::vector<double>& steps, const QColor& color);
/// Arrows at the upper and lower edge where values lie beyond the axis.
void paintBeyond(QPainter& painter, const PlotFrame& frame, const std::vector<double>& above, const std::vector<double>& below, const QColor& color);
/// "12 beyond the axis" in the upper left corner.
void paintBadge(QPainter& painter, const PlotFrame& frame, const QString& text);
/// `head`: what stands above the rows, "step 1 200".
void paintCrosshair(QPainter& painter, const PlotFrame& frame, double at, const QString& head, const std::vector<ReadOutRow>& rows, bool with_box);
/// In the corner that covers the fewest of `points` (pixels of the curves).
void paintLegend(QPainter& painter, const PlotFrame& frame, const std::vector<ReadOutRow>& rows, const std::vector<QPointF>& points);
void paintSelection(QPainter& painter, const PlotFrame& frame, double from_x, double to_x);

}  // namespace geocyte::widgets::loss_curves
