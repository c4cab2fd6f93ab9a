// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/loss_curves/curve_painter.h"

#include <QFontMetricsF>
#include <QPainter>

#include <algorithm>
#include <cmath>

#include "widgets/base/number_format.h"
#include "widgets/theme/colors.h"
#include "widgets/theme/fonts.h"
#include "widgets/theme/icons.h"

namespace geocyte::widgets::loss_curves {
namespace {

// QCustomPlot moves an antialiased painter by half a pixel: whole numbers give crisp lines.
constexpr double kRowHeight = 17, kPadding = 8;
constexpr std::size_t kMostRows = 5;

}  // namespace

void paintChance(QPainter& painter, const PlotFrame& frame, double chance) {
  const double y = frame.y(chance);
  if (!std::isfinite(y) || y < frame.area.top() || y > frame.area.bottom()) return;
  const ThemeColors& c = themeColors();
  QPen pen(c.dim, 1, Qt::CustomDashLine);
  pen.setDashPattern({4, 3});
  painter.setPen(pen);
  painter.drawLine(QPointF(frame.area.left(), std::round(y)), QPointF(frame.area.right(), std::round(y)));
  painter.setFont(captionFont());
  painter.setPen(c.dim);
  // Above the line, or below it where the top is too near.
  const bool above = y - frame.area.top() > 18;
  painter.drawText(QRectF(frame.area.left(), above ? y - 17 : y + 2, frame.area.width() - 2, 15), Qt::AlignRight | Qt::AlignVCenter,
                   QStringLiteral("chance"));
}

void paintMarks(QPainter& painter, const PlotFrame& frame, const std::vector<Mark>& marks) {
  const ThemeColors& c = themeColors();
  for (const Mark& mark : marks) {
    if (mark.kind == QLatin1String("checkpoint")) continue;  // the timeline shows those
    const double x = frame.x(mark.step);
    if (!std::isfinite(x) || x < frame.area.left() || x > frame.area.right()) continue;
    const bool alert = mark.kind == QLatin1String("alert");
    const QColor color = alert ? c.bad : c.accent;
    painter.setPen(QPen(mixed(c.panel, color, 0.6), 1));
    painter.drawLine(QPointF(std::round(x), frame.area.top()), QPointF(std::round(x), frame.area.bottom()));
    paintIcon(painter, alert ? QStringLiteral("warning") : QStringLiteral("flag"), QRectF(x + 3, frame.area.top(), 10, 10), color);
  }
}

void paintMissing(QPainter& painter, const PlotFrame& frame, const std::vector<double>& steps, const QColor& color) {
  double last = -1e9;
  painter.setPen(Qt::NoPen);
  painter.setBrush(color);
  for (const double step : steps) {
    const double x = frame.x(step), base = frame.area.bottom();
    if (!std::isfinite(x) || x < frame.area.left() || x > frame.area.right() || x - last < 4) continue;
    painter.drawPolygon(QPolygonF({{x - 4, base}, {x + 4, base}, {x, base - 7}}));
    last = x;
  }
}

void paintRug(QPainter& painter, const PlotFrame& frame, const std::vector<double>& steps, const QColor& color) {
  double last = -1e9;
  painter.setPen(QPen(color, 1));
  for (const double step : steps) {
    const double x = std::round(frame.x(step));
    if (!std::isfinite(x) || x < frame.area.left() || x > frame.area.right() || x - last < 2) continue;
    painter.drawLine(QPointF(x, frame.area.bottom() - 6), QPointF(x, frame.area.bottom()));
    last = x;
  }
}

void paintBeyond(QPainter& painter, const PlotFrame& frame, const std::vector<double>& above, const std::vector<double>& below, const QColor& color) {
  painter.setPen(Qt::NoPen);
  painter.setBrush(color);
  const auto arrows = [&](const std::vector<double>& steps, double edge, double direction) {
    double last = -1e9;
    for (const double step : steps) {
      const double x = frame.x(step);
      if (!std::isfinite(x) || x < frame.area.left() || x > frame.area.right() || x - last < 8) continue;
      painter.drawPolygon(QPolygonF({{x - 3.5, edge + direction * 6}, {x + 3.5, edge + direction * 6}, {x, edge}}));
      last = x;
    }
  };
  arrows(above, frame.area.top(), 1);
  arrows(below, frame.area.bottom(), -1);
}

void paintBadge(QPainter& painter, const PlotFrame& frame, const QString& text) {
  const ThemeColors& c = themeColors();
  const QFontMetricsF words(captionFont());
  const QRectF box(frame.area.left() + 4, frame.area.top() + 9, words.horizontalAdvance(text) + 8, 16);
  painter.setPen(Qt::NoPen);
  painter.setBrush(c.panel);
  painter.drawRect(box);
  painter.setFont(captionFont());
  painter.setPen(c.dim);
  painter.drawText(box, Qt::AlignCenter, text);
}

void paintCrosshair(QPainter& painter, const PlotFrame& frame, double at_step, const QString& head, const std::vector<ReadOutRow>& rows, bool with_box) {
  const double x = frame.x(at_step);
  if (!std::isfinite(x) || x < frame.area.left() - 1 || x > frame.area.right() + 1) return;
  const ThemeColors& c = themeColors();
  painter.setPen(QPen(c.dim, 1));
  painter.drawLine(QPointF(std::round(x), frame.area.top()), QPointF(std::round(x), frame.area.bottom()));
  for (const ReadOutRow& row : rows) {
    const double y = frame.y(row.value);
    if (!std::isfinite(y) || y < frame.area.top() || y > frame.area.bottom()) continue;
    painter.setPen(QPen(c.panel, 1.5));
    painter.setBrush(row.color);
    painter.drawEllipse(QPointF(x, y), 3.5, 3.5);
  }
  if (!with_box) return;

  const QFontMetricsF words(captionFont()), digits(monoFont());
  const std::size_t shown = std::min(rows.size(), kMostRows);
  double names = 0, smoothed = 0, raw = 0;
  for (std::size_t i = 0; i < shown; ++i) {
    names = std::max(names, std::min(120.0, words.horizontalAdvance(rows[i].name)));
    smoothed = std::max(smoothed, digits.horizontalAdvance(rows[i].smoothed));
    raw = std::max(raw, digits.horizontalAdvance(rows[i].raw));
  }
  const double gap = 10, dot = 13;
  const double width = std::max(words.horizontalAdvance(head), dot + names + gap + smoothed + (raw > 0 ? gap + raw : 0)) + 2 * kPadding;
  const double height = kRowHeight * static_cast<double>(shown + 1) + kPadding + 4;
  double left = x + 12;
  if (left + width > frame.area.right()) left = x - 12 - width;
  left = std::max(left, 2.0);
  const QRectF box(left, frame.area.top() + 4, width, height);
  painter.setPen(QPen(c.line, 1));
  painter.setBrush(c.panel);
  painter.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), 6, 6);
  painter.setFont(captionFont());
  painter.setPen(c.dim);
  double y = box.top() + 5;
  painter.drawText(QRectF(left + kPadding, y, width, kRowHeight), Qt::AlignLeft | Qt::AlignVCenter, head);
  for (std::size_t i = 0; i < shown; ++i) {
    y += kRowHeight;
    painter.setPen(Qt::NoPen);
    painter.setBrush(rows[i].color);
    painter.drawEllipse(QPointF(left + kPadding + 4, y + kRowHeight / 2), 3.5, 3.5);
    painter.setFont(captionFont());
    painter.setPen(c.ink);
    double at = left + kPadding + dot;
    painter.drawText(QRectF(at, y, names + 1, kRowHeight), Qt::AlignLeft | Qt::AlignVCenter, words.elidedText(rows[i].name, Qt::ElideMiddle, names + 1));
    painter.setFont(monoFont());
    at += names + gap;
    painter.drawText(QRectF(at, y, smoothed + 1, kRowHeight), Qt::AlignRight | Qt::AlignVCenter, rows[i].smoothed);
    painter.setPen(c.dim);
    painter.drawText(QRectF(at + smoothed + gap, y, raw + 1, kRowHeight), Qt::AlignRight | Qt::AlignVCenter, rows[i].raw);
  }
}

void paintLegend(QPainter& painter, const PlotFrame& frame, const std::vector<ReadOutRow>& rows, const std::vector<QPointF>& points) {
  const ThemeColors& c = themeColors();
  const QFontMetricsF words(captionFont());
  double width = 0;
  for (const ReadOutRow& row : rows) width = std::max(width, words.horizontalAdvance(row.name));
  const QSizeF size(width + 24, kRowHeight * static_cast<double>(rows.size()));
  const QRectF& area = frame.area;
  const QPointF corners[] = {{area.right() - size.width(), area.top() + 2}, {area.right() - size.width(), area.bottom() - size.height() - 4},
                             {area.left() + 4, area.top() + 2}, {area.left() + 4, area.bottom() - size.height() - 4}};
  QRectF box;
  std::ptrdiff_t least = -1;
  for (const QPointF& corner : corners) {
    const QRectF here(corner, size);
    const std::ptrdiff_t covered = std::count_if(points.begin(), points.end(), [&](const QPointF& p) { return here.contains(p); });
    if (least >= 0 && covered >= least) continue;
    least = covered;
    box = here;
  }
  double y = box.top();
  painter.setFont(captionFont());
  for (const ReadOutRow& row : rows) {
    if (y + kRowHeight > area.bottom()) return;
    const double left = box.left() + 20;
    // A veil keeps the names readable above a curve.
    QColor veil = c.panel;
    veil.setAlphaF(0.75F);
    painter.fillRect(QRectF(left - 19, y, width + 23, kRowHeight), veil);
    painter.setPen(QPen(row.color, 2));
    painter.drawLine(QPointF(left - 16, y + kRowHeight / 2), QPointF(left - 5, y + kRowHeight / 2));
    painter.setPen(c.dim);
    painter.drawText(QRectF(left, y, width + 2, kRowHeight), Qt::AlignLeft | Qt::AlignVCenter, row.name);
    y += kRowHeight;
  }
}

void paintSelection(QPainter& painter, const PlotFrame& frame, double from_x, double to_x) {
  QColor fill = themeColors().accent;
  fill.setAlphaF(0.14F);
  painter.fillRect(QRectF(QPointF(std::min(from_x, to_x), frame.area.top()), QPointF(std::max(from_x, to_x), frame.area.bottom())), fill);
}

}  // namespace geocyte::widgets::loss_curves
