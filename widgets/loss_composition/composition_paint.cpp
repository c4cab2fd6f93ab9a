// SPDX-License-Identifier: GPL-3.0-or-later
// How a CompositionArea looks.
#include <QPainter>
#include <QPolygonF>

#include <algorithm>
#include <cmath>

#include "widgets/base/number_format.h"
#include "widgets/loss_composition/composition_area.h"
#include "widgets/theme/colors.h"
#include "widgets/theme/fonts.h"

namespace geocyte::widgets::loss_composition {
namespace {

constexpr double kFill = 0.78, kAround = 0.35, kTickRoom = 84, kSwatchSize = 9, kSwatchRoom = 20;
constexpr int kPalette = 8;             // further terms wear the colours again, hatched

/// Closed outlines between two heights of consecutive buckets; where a bucket is not known the outline ends.
template <class Lower, class Upper>
std::vector<QPolygonF> outlines(const std::vector<Bucket>& buckets, const CompositionArea& area, double top, Lower lower, Upper upper) {
  const QRectF plot = area.plotRect();
  const auto y = [&](double share) { return plot.bottom() - plot.height() * std::min(1.0, share / top); };
  std::vector<QPolygonF> out;
  for (std::size_t begin = 0; begin < buckets.size(); ++begin) {
    if (!buckets[begin].known) continue;
    std::size_t end = begin;
    while (end < buckets.size() && buckets[end].known) ++end;
    QPolygonF above, below;
    for (std::size_t i = begin; i < end; ++i) {
      // The ends of a stretch are drawn to their outer steps, so that it fills its width.
      const Bucket& b = buckets[i];
      std::vector<double> at;
      if (i == begin) at.push_back(b.from);
      if (b.to > b.from && i != begin && i + 1 != end) at.push_back((b.from + b.to) / 2);
      else if (i + 1 == end || i != begin) at.push_back(b.to);
      for (const double step : at) {
        above << QPointF(area.xOfStep(step), y(upper(b)));
        below << QPointF(area.xOfStep(step), y(lower(b)));
      }
    }
    if (above.first().x() == above.last().x()) {   // a single step is still something to see
      const double right = end == buckets.size() && begin == 0 ? plot.right() : above.first().x() + 2;
      above << QPointF(right, above.last().y());
      below << QPointF(right, below.last().y());
    }
    std::reverse(below.begin(), below.end());
    out.push_back(above + below);
    begin = end;
  }
  return out;
}

double roundedTick(double range, int most) {
  const double raw = range / std::max(1, most), power = std::pow(10.0, std::floor(std::log10(raw)));
  for (const double factor : {1.0, 2.0, 5.0})
    if (factor * power >= raw) return factor * power;
  return 10 * power;
}

}  // namespace

void CompositionArea::paintBand(QPainter& painter, int term) const {
  const ThemeColors& c = themeColors();
  const auto last = static_cast<std::size_t>(term);
  // From the ground to the top of this term: the terms below are painted over it, and no seam of the ground shines through.
  const auto upper = [last](const Bucket& b) {
    double sum = 0;
    for (std::size_t k = 0; k <= last; ++k) sum += b.share[k];
    return sum;
  };
  const bool lit = term == hover_ || term == focus_;
  painter.setPen(Qt::NoPen);
  for (const QPolygonF& outline : outlines(buckets(), *this, 1, [](const Bucket&) { return 0.0; }, upper)) {
    painter.setBrush(mixed(c.panel, data_.colors[last], lit ? 1 : kFill));
    painter.drawPolygon(outline);
    if (term < kPalette) continue;
    painter.setBrush(QBrush(c.panel, Qt::BDiagPattern));
    painter.drawPolygon(outline);
  }
}

void CompositionArea::paintSolo(QPainter& painter) const {
  const ThemeColors& c = themeColors();
  const auto k = static_cast<std::size_t>(solo_);
  const double highest = top();
  painter.setPen(Qt::NoPen);
  painter.setBrush(mixed(c.panel, data_.colors[k], kFill));
  for (const QPolygonF& outline : outlines(buckets(), *this, highest, [](const Bucket&) { return 0.0; }, [k](const Bucket& b) { return b.share[k]; })) painter.drawPolygon(outline);
  painter.setBrush(mixed(c.panel, data_.colors[k], kAround));
  for (const QPolygonF& outline : outlines(buckets(), *this, highest, [k](const Bucket& b) { return b.share[k]; }, [k](const Bucket& b) { return b.high[k]; })) painter.drawPolygon(outline);
  painter.setPen(QPen(c.line, 1));
  painter.drawLine(plot_.topLeft(), plot_.topRight());
  painter.setFont(captionFont());
  painter.setPen(c.dim);
  painter.drawText(plot_.adjusted(4, 1, -4, 0), Qt::AlignLeft | Qt::AlignTop, tr("%1 %").arg(100 * highest));
}

void CompositionArea::paintSteps(QPainter& painter) const {
  const ThemeColors& c = themeColors();
  const double first = stack_.step(0), last = stack_.step(stack_.size() - 1);
  const QFontMetricsF metrics(captionFont());
  painter.setFont(captionFont());
  painter.setPen(c.dim);
  const double tick = last > first ? roundedTick(last - first, static_cast<int>(plot_.width() / kTickRoom)) : 1;
  for (double at = std::ceil(first / tick) * tick; at <= last + 1e-9 * tick; at += tick) {
    const QString text = axisText(at);
    const double wide = metrics.horizontalAdvance(text) + 2;
    const double x = std::clamp(xOfStep(at) - wide / 2, plot_.left() - 2, plot_.right() - wide + 2);
    painter.drawText(QRectF(x, plot_.bottom() + 2, wide, metrics.height()), Qt::AlignCenter, text);
    if (last <= first) break;
  }
  const auto line = [&](double step, const QColor& color) {
    if (step < first || step > last) return;
    const double x = std::round(xOfStep(step)) + 0.5;
    painter.setPen(QPen(color, 1));
    painter.drawLine(QPointF(x, plot_.top()), QPointF(x, plot_.bottom()));
  };
  for (const double step : data_.changes) line(step, c.accent);
  if (marker_) line(*marker_, c.ink);
}

void CompositionArea::paintLegend(QPainter& painter) const {
  const ThemeColors& c = themeColors();
  const QFontMetricsF words(captionFont()), digits(monoFont());
  QFont bold = captionFont();
  bold.setWeight(QFont::DemiBold);
  const int rows = legendRows();
  const std::size_t shown = shownRow();
  if (rows > 0 && legendRect(0).top() > 10 && shown < stack_.size()) {
    painter.setFont(captionFont());
    painter.setPen(c.dim);
    painter.drawText(QRectF(legend_.left(), 4, legend_.width(), 16), Qt::AlignRight | Qt::AlignVCenter, tr("step %1").arg(groupedText(std::llround(stack_.step(shown)))));
  }
  for (int k = 0; k < rows; ++k) {
    const QRectF row = legendRect(k);
    const bool off = solo_ >= 0 && k != solo_, lit = k == hover_ || k == focus_ || k == solo_;
    const QColor color = data_.colors[static_cast<std::size_t>(k)];
    const QRectF swatch(row.left() + 2, row.center().y() - kSwatchSize / 2, kSwatchSize, kSwatchSize);
    painter.setPen(off ? QPen(color, 1) : QPen(Qt::NoPen));
    painter.setBrush(off ? QBrush(Qt::NoBrush) : QBrush(color));
    painter.drawRoundedRect(off ? swatch.adjusted(0.5, 0.5, -0.5, -0.5) : swatch, 2, 2);
    if (k >= kPalette && !off) {
      painter.setBrush(QBrush(c.panel, Qt::BDiagPattern));
      painter.drawRect(swatch);
    }
    const QString number = shareText(k);
    const double room = row.width() - kSwatchRoom - digits.horizontalAdvance(number) - 6;
    painter.setFont(lit ? bold : captionFont());
    painter.setPen(off ? c.dim : c.ink);
    painter.drawText(QRectF(row.left() + kSwatchRoom, row.top(), room, row.height()), Qt::AlignLeft | Qt::AlignVCenter,
                     (lit ? QFontMetricsF(bold) : words).elidedText(data_.names.value(k), Qt::ElideMiddle, room));
    painter.setFont(monoFont());
    painter.drawText(row, Qt::AlignRight | Qt::AlignVCenter, number);
    if (k == focus_ && hasFocus()) {
      painter.setPen(QPen(c.accent, 1));
      painter.setBrush(Qt::NoBrush);
      painter.drawRoundedRect(row.adjusted(-3.5, 0.5, 3.5, -0.5), 3, 3);
    }
  }
  if (rows >= static_cast<int>(stack_.terms()) || rows < 1) return;
  painter.setFont(captionFont());
  painter.setPen(c.dim);
  painter.drawText(legendRect(rows - 1).translated(0, legendRect(rows - 1).height()), Qt::AlignLeft | Qt::AlignVCenter, tr("+ %1 more").arg(static_cast<int>(stack_.terms()) - rows));
}

void CompositionArea::paintEvent(QPaintEvent*) {
  if (stack_.size() == 0 || data_.colors.size() < stack_.terms()) return;
  QPainter painter(this);
  painter.setRenderHint(QPainter::Antialiasing);
  if (solo_ >= 0) paintSolo(painter);
  else
    for (int k = static_cast<int>(stack_.terms()) - 1; k >= 0; --k) paintBand(painter, k);
  paintSteps(painter);
  paintLegend(painter);
}

}  // namespace geocyte::widgets::loss_composition
