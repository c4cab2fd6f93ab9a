// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/calibration/coverage_plot.h"

#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QPainterPath>

#include <algorithm>
#include <cmath>

#include "widgets/theme/colors.h"
#include "widgets/theme/fonts.h"

namespace geocyte::widgets::calibration {
namespace {

constexpr double kLeft = 46, kRight = 16, kTop = 24, kBottom = 38, kWidest = 1.8, kNear = 20;

}  // namespace

CoveragePlot::CoveragePlot(QWidget* parent) : QWidget(parent) {
  setObjectName(QStringLiteral("coveragePlot"));
  setAccessibleName(tr("Calibration: share of true places within circles, nominal against observed"));
  setFocusPolicy(Qt::StrongFocus);
  setMouseTracking(true);
  setBackgroundRole(QPalette::Base);
  setAutoFillBackground(true);
}

void CoveragePlot::setCoverage(Coverage coverage) {
  coverage_ = std::move(coverage);
  if (current_ >= static_cast<int>(coverage_.nominal.size())) current_ = -1;
  update();
}

void CoveragePlot::setCurrent(int level) {
  if (level < -1 || level >= static_cast<int>(coverage_.nominal.size()) || level == current_) return;
  current_ = level;
  update();
  emit currentChanged(level);
}

/// As high as there is room, up to nearly twice as wide.
QRectF CoveragePlot::area() const {
  const double high = std::max(40.0, height() - kTop - kBottom), wide = std::clamp(width() - kLeft - kRight, 40.0, kWidest * high);
  return {kLeft + std::max(0.0, (width() - kLeft - kRight - wide) / 2), kTop, wide, high};
}

QPointF CoveragePlot::at(double nominal, double observed) const {
  const QRectF square = area();
  return {square.left() + square.width() * nominal, square.bottom() - square.height() * observed};
}

QPointF CoveragePlot::pointOf(int level) const {
  const auto i = static_cast<std::size_t>(level);
  return at(coverage_.nominal[i], coverage_.observed[i]);
}

void CoveragePlot::paintEvent(QPaintEvent*) {
  if (coverage_.isEmpty()) return;
  const ThemeColors& c = themeColors();
  QPainter painter(this);
  painter.setRenderHint(QPainter::Antialiasing);
  painter.setFont(captionFont());
  const QRectF square = area();
  const int ticks = square.width() < 160 || square.height() < 80 ? 2 : 4;
  for (int i = 0; i <= ticks; ++i) {
    const double share = static_cast<double>(i) / ticks;
    const QPointF on = at(share, share);
    painter.setPen(QPen(c.line, 1));
    painter.drawLine(QPointF(square.left(), std::round(on.y()) + 0.5), QPointF(square.right(), std::round(on.y()) + 0.5));
    painter.drawLine(QPointF(std::round(on.x()) + 0.5, square.top()), QPointF(std::round(on.x()) + 0.5, square.bottom()));
    painter.setPen(c.dim);
    const QString text = tr("%1 %").arg(std::lround(100 * share));
    painter.drawText(QRectF(square.left() - kLeft, on.y() - 9, kLeft - 8, 18), Qt::AlignRight | Qt::AlignVCenter, text);
    painter.drawText(QRectF(on.x() - 30, square.bottom() + 4, 60, 15), Qt::AlignCenter, text);
  }
  painter.drawText(QRectF(square.left(), square.bottom() + 19, square.width() + kRight, 16), Qt::AlignRight, tr("should hold →"));
  painter.drawText(QRectF(square.left() - kLeft + 8, square.top() - 23, square.width(), 16), Qt::AlignLeft, tr("↑ hold"));
  // Where both are equal: the line that everything is judged by.
  painter.setPen(QPen(c.ink, 1));
  painter.drawLine(at(0, 0), at(1, 1));
  QPainterPath path;
  for (std::size_t i = 0; i < coverage_.nominal.size(); ++i) i == 0 ? path.moveTo(pointOf(0)) : path.lineTo(pointOf(static_cast<int>(i)));
  painter.setPen(QPen(mixed(c.panel, c.accent, 0.55), 1.75));
  painter.setBrush(Qt::NoBrush);
  painter.drawPath(path);
  for (std::size_t i = 0; i < coverage_.nominal.size(); ++i) {
    const QPointF point = pointOf(static_cast<int>(i));
    painter.setPen(QPen(c.accent, 1.5));
    bool on_line = true;
    if (i < coverage_.low.size() && i < coverage_.high.size()) {
      on_line = coverage_.low[i] <= coverage_.nominal[i] && coverage_.nominal[i] <= coverage_.high[i];
      const double low = at(0, coverage_.low[i]).y(), high = at(0, coverage_.high[i]).y();
      painter.drawLine(QPointF(point.x(), low), QPointF(point.x(), high));
      for (const double end : {low, high}) painter.drawLine(QPointF(point.x() - 3, end), QPointF(point.x() + 3, end));
    }
    // Filled = as it should be within its interval, hollow = not.
    const double r = static_cast<int>(i) == current_ ? 4.5 : 3.5;
    painter.setBrush(on_line ? c.accent : c.panel);
    painter.drawEllipse(point, r, r);
  }
}

void CoveragePlot::mouseMoveEvent(QMouseEvent* event) {
  int best = -1;
  double nearest = kNear;
  for (std::size_t i = 0; i < coverage_.nominal.size(); ++i) {
    const QPointF off = pointOf(static_cast<int>(i)) - event->position();
    if (const double d = std::hypot(off.x(), off.y()); d < nearest) nearest = d, best = static_cast<int>(i);
  }
  setCurrent(best);
}

void CoveragePlot::leaveEvent(QEvent* event) {
  QWidget::leaveEvent(event);
  setCurrent(-1);
}

void CoveragePlot::keyPressEvent(QKeyEvent* event) {
  const auto last = static_cast<int>(coverage_.nominal.size()) - 1;
  switch (event->key()) {
    case Qt::Key_Left: return setCurrent(current_ < 0 ? last : std::max(0, current_ - 1));
    case Qt::Key_Right: return setCurrent(std::min(last, current_ + 1));
    case Qt::Key_Escape: return setCurrent(-1);
    default: QWidget::keyPressEvent(event);
  }
}

}  // namespace geocyte::widgets::calibration
