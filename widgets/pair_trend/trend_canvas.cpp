// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/pair_trend/trend_canvas.h"

#include <QFontMetricsF>
#include <QMouseEvent>
#include <QPainter>
#include <QPainterPath>

#include <algorithm>
#include <cmath>

#include "widgets/base/number_format.h"
#include "widgets/base/rounded_axis.h"
#include "widgets/theme/colors.h"
#include "widgets/theme/fonts.h"

namespace geocyte::widgets::pair_trend {
namespace {

constexpr double kLeft = 46, kRight = 24, kTop = 10, kBottom = 24, kReach = 8, kDrag = 4;

double distanceToSegment(const QPointF& p, const QPointF& a, const QPointF& b) {
  const QPointF d = b - a;
  const double length = QPointF::dotProduct(d, d);
  const double t = length > 0 ? std::clamp(QPointF::dotProduct(p - a, d) / length, 0.0, 1.0) : 0;
  const QPointF off = p - a - t * d;
  return std::hypot(off.x(), off.y());
}

}  // namespace

TrendCanvas::TrendCanvas(QWidget* parent) : QWidget(parent) {
  setFocusPolicy(Qt::StrongFocus);
  setMouseTracking(true);
  setBackgroundRole(QPalette::Base);
  setAutoFillBackground(true);
  setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Expanding);
}

void TrendCanvas::setPairs(PairLines pairs) {
  pairs_ = std::move(pairs);
  if (hover_ >= static_cast<int>(pairs_.lines.size())) hover_ = -1;
  arrange();
  update();
}

void TrendCanvas::setSelectedNames(const QStringList& names) {
  if (selected_ == names) return;
  selected_ = names;
  update();
}

void TrendCanvas::setLogarithmic(bool on) {
  logarithmic_ = on;
  arrange();
  update();
}

void TrendCanvas::arrange() {
  value_ticks_.clear();
  step_ticks_.clear();
  last_step_ = pairs_.steps.empty() ? 1 : std::max(1.0, pairs_.steps.back());
  const RoundedAxis along = roundedAxis(0, last_step_);
  for (double tick = 0; tick <= last_step_ * 1.001; tick += along.step) step_ticks_.push_back(tick);
  if (!pairs_.extremes(logarithmic_, &low_, &high_)) low_ = logarithmic_ ? .1 : 0, high_ = 1;
  if (logarithmic_) {
    if (high_ / low_ < 1.5) low_ /= 1.5, high_ *= 1.5;
    low_ /= 1.1, high_ *= 1.1;
    const double from = std::floor(std::log10(low_)), to = std::ceil(std::log10(high_));
    for (double power = from; power <= to && to - from < 40; ++power)
      for (const double digit : {1.0, 2.0, 5.0}) {
        const double tick = digit * std::pow(10.0, power);
        if (tick >= low_ && tick <= high_ && (digit == 1 || high_ / low_ < 200)) value_ticks_.push_back(tick);
      }
    return;
  }
  low_ = std::min(0.0, low_);
  if (!(high_ - low_ > 1e-300)) high_ = low_ + 1;
  const RoundedAxis axis = roundedAxis(low_, high_);
  low_ = axis.low, high_ = axis.high;
  for (int i = 0; low_ + i * axis.step <= high_ + 0.01 * axis.step && i < 8; ++i) value_ticks_.push_back(low_ + i * axis.step);
}

QRectF TrendCanvas::area() const { return QRectF(rect()).adjusted(kLeft, kTop, -kRight, -kBottom); }

double TrendCanvas::x(double step) const { return area().left() + area().width() * step / last_step_; }

double TrendCanvas::y(double value) const {
  const QRectF where = area();
  const double share = logarithmic_ ? (value > 0 ? std::log(value / low_) / std::log(high_ / low_) : std::nan("")) : (value - low_) / (high_ - low_);
  return where.bottom() - where.height() * share;
}

QPointF TrendCanvas::pointOf(int line, int moment) const {
  const auto m = static_cast<std::size_t>(moment);
  return {x(pairs_.steps[m]), y(pairs_.lines[static_cast<std::size_t>(line)].values[m])};
}

bool TrendCanvas::isSelected(const PairLine& line) const { return selected_.contains(line.first) && selected_.contains(line.second); }

int TrendCanvas::lineAt(const QPointF& at) const {
  int best = -1;
  double nearest = kReach;
  for (std::size_t i = 0; i < pairs_.lines.size(); ++i)
    for (std::size_t m = 0; m < pairs_.steps.size(); ++m) {
      const QPointF here = pointOf(static_cast<int>(i), static_cast<int>(m));
      const QPointF before = m > 0 ? pointOf(static_cast<int>(i), static_cast<int>(m) - 1) : here;
      if (!std::isfinite(here.y()) || here.x() < at.x() - 2 * kReach || before.x() > at.x() + 2 * kReach) continue;
      const double distance = distanceToSegment(at, std::isfinite(before.y()) ? before : here, here);
      if (distance < nearest) nearest = distance, best = static_cast<int>(i);
    }
  return best;
}

void TrendCanvas::paintAxes(QPainter& painter) const {
  const ThemeColors& c = themeColors();
  const QRectF where = area();
  painter.setFont(captionFont());
  for (const double tick : value_ticks_) {
    const double at = std::round(y(tick)) + 0.5;
    painter.setPen(QPen(c.line, 1));
    painter.drawLine(QPointF(where.left(), at), QPointF(where.right(), at));
    painter.setPen(c.dim);
    painter.drawText(QRectF(0, at - 9, kLeft - 8, 18), Qt::AlignRight | Qt::AlignVCenter, axisText(tick));
  }
  double last = -1e9;
  const QFontMetricsF metrics(captionFont());
  painter.setPen(c.dim);
  for (const double tick : step_ticks_) {
    const QString text = axisText(tick);
    const double width = metrics.horizontalAdvance(text) + 4, at = std::min(x(tick), this->width() - 2 - width / 2);
    if (at - width / 2 < last + 6) continue;
    painter.drawText(QRectF(at - width / 2, where.bottom() + 5, width, 16), Qt::AlignCenter, text);
    last = at + width / 2;
  }
}

void TrendCanvas::paintLine(QPainter& painter, int line, const QColor& color, double width) const {
  QPainterPath path;
  bool down = false;
  int alone = -1;
  const auto count = static_cast<int>(pairs_.steps.size());
  for (int m = 0; m < count; ++m) {
    const QPointF at = pointOf(line, m);
    if (!std::isfinite(at.y())) {
      down = false;
      continue;
    }
    down ? path.lineTo(at) : path.moveTo(at);
    alone = down ? -1 : m;
    down = true;
  }
  painter.setPen(QPen(color, width, Qt::SolidLine, Qt::FlatCap, Qt::RoundJoin));
  painter.setBrush(Qt::NoBrush);
  painter.drawPath(path);
  if (alone < 0 || count > 1) return;   // a single moment makes no line
  painter.setPen(Qt::NoPen);
  painter.setBrush(color);
  painter.drawEllipse(pointOf(line, alone), 2.5, 2.5);
}

void TrendCanvas::paintEvent(QPaintEvent*) {
  if (pairs_.lines.empty() || pairs_.steps.empty()) return;
  const ThemeColors& c = themeColors();
  QPainter painter(this);
  painter.setRenderHint(QPainter::Antialiasing);
  paintAxes(painter);
  const QRectF where = area();
  if (pairs_.shown_step >= 0 && pairs_.shown_step < last_step_) {
    painter.setPen(QPen(mixed(c.panel, c.accent, 0.6), 1));
    painter.drawLine(QPointF(std::round(x(pairs_.shown_step)) + 0.5, where.top()), QPointF(std::round(x(pairs_.shown_step)) + 0.5, where.bottom()));
  }
  const int count = static_cast<int>(pairs_.lines.size());
  const auto line = [&](int i) -> const PairLine& { return pairs_.lines[static_cast<std::size_t>(i)]; };
  const bool any = std::any_of(pairs_.lines.begin(), pairs_.lines.end(), [this](const PairLine& l) { return isSelected(l); });
  const QColor quiet = mixed(c.panel, c.faint, 0.75), loud = c.dark ? QColor("#d9783f") : QColor("#d4702a");
  for (int i = 0; i < count; ++i)
    if (!isSelected(line(i)) && !line(i).fails) paintLine(painter, i, any ? mixed(c.panel, quiet, 0.6) : quiet, 1);
  for (int i = 0; i < count; ++i)
    if (!isSelected(line(i)) && line(i).fails) paintLine(painter, i, any ? mixed(c.panel, loud, 0.45) : loud, 1.25);
  for (int i = 0; i < count; ++i)
    if (isSelected(line(i))) paintLine(painter, i, c.accent, 2);
  if (hover_ >= 0) paintLine(painter, hover_, c.ink, 2);
  if (!pairs_.gate || !(std::isfinite(y(*pairs_.gate)))) return;
  QPen dashes(c.dim, 1, Qt::CustomDashLine);
  dashes.setDashPattern({4, 3});
  painter.setPen(dashes);
  const double at = std::round(y(*pairs_.gate)) + 0.5;
  if (at >= where.top() && at <= where.bottom()) painter.drawLine(QPointF(where.left(), at), QPointF(where.right(), at));
}

void TrendCanvas::mousePressEvent(QMouseEvent* event) {
  if (event->button() != Qt::LeftButton) return;
  pressed_ = event->position();
  brushing_ = false;
}

void TrendCanvas::mouseReleaseEvent(QMouseEvent* event) {
  if (event->button() != Qt::LeftButton || !pressed_) return;
  const int line = brushing_ ? -1 : lineAt(*pressed_);
  pressed_.reset();
  if (brushing_) return;
  if (line < 0) return emit cleared();
  emit lineActivated(line, event->modifiers() & (Qt::ControlModifier | Qt::ShiftModifier));
}

void TrendCanvas::mouseMoveEvent(QMouseEvent* event) {
  if (pressed_ && (event->buttons() & Qt::LeftButton)) {
    brushing_ = brushing_ || std::abs(event->position().x() - pressed_->x()) > kDrag;
    const QRectF where = area();
    if (brushing_) emit stepWanted(std::clamp((event->position().x() - where.left()) / std::max(1.0, where.width()), 0.0, 1.0) * last_step_);
    HoverCard::hideFrom(this);
    return;
  }
  const int line = lineAt(event->position());
  setCursor(line >= 0 ? Qt::PointingHandCursor : Qt::ArrowCursor);
  if (line >= 0 && hover_content_) HoverCard::showAt(event->globalPosition().toPoint(), hover_content_(line), this);
  else HoverCard::hideFrom(this);
  if (line == hover_) return;
  hover_ = line;
  update();
}

void TrendCanvas::leaveEvent(QEvent*) {
  hover_ = -1;
  update();
}

}  // namespace geocyte::widgets::pair_trend
