// SPDX-License-Identifier: GPL-3.0-or-later
// What the mouse does to a plot of curves: zoom, drag a range, move, point.
#include <QMouseEvent>
#include <QWheelEvent>
#include <qcustomplot.h>

#include <algorithm>
#include <cmath>

#include "widgets/base/shared_models.h"
#include "widgets/loss_curves/curve_plot.h"

namespace geocyte::widgets::loss_curves {
namespace {

constexpr double kDragPixels = 5;

}  // namespace

void CurvePlot::zoom(double factor, double around_step) {
  double from = around_step - (around_step - from_) * factor, to = around_step + (to_ - around_step) * factor;
  if (log_x_ && around_step > 0) {
    from = around_step * std::pow(std::max(from_, 1.0) / around_step, factor);
    to = around_step * std::pow(to_ / around_step, factor);
  }
  if (to - from > 1e-6 && to - from < 1e15) setStepRange(std::max(0.0, from), to);
}

void CurvePlot::redrawHover() {
  if (plot_->isVisible()) plot_->layer(QStringLiteral("overlay"))->replot();
}

void CurvePlot::onPress(QMouseEvent* event) {
  const bool pans = event->button() == Qt::MiddleButton || (event->button() == Qt::LeftButton && (event->modifiers() & Qt::ShiftModifier));
  if (pans) pan_from_ = event->position();
  else if (event->button() == Qt::LeftButton) drag_from_ = event->position().x();
}

void CurvePlot::onMove(QMouseEvent* event) {
  const QPointF at = event->position();
  if (pan_from_) {
    const double shift = plot_->xAxis->pixelToCoord(pan_from_->x()) - plot_->xAxis->pixelToCoord(at.x());
    pan_from_ = at;
    setStepRange(from_ + shift, to_ + shift);
    emit changed();
    return;
  }
  if (drag_from_) drag_to_ = std::clamp(at.x(), frame().area.left(), frame().area.right());
  hover_y_ = at.y();
  hovered_ = true;
  if (!crosshair_) return redrawHover();
  const double position = plot_->xAxis->pixelToCoord(at.x()), step = stepAt(position);
  if (position < from_ || position > to_) crosshair_->clear();
  else if (crosshair_->isActive() && crosshair_->step() == step) redrawHover();
  else crosshair_->setStep(step);
}

void CurvePlot::onRelease(QMouseEvent* event) {
  pan_from_.reset();
  if (drag_from_ && std::abs(event->position().x() - *drag_from_) > kDragPixels) {
    const double a = plot_->xAxis->pixelToCoord(*drag_from_), b = plot_->xAxis->pixelToCoord(event->position().x());
    setStepRange(std::max(0.0, std::min(a, b)), std::max(a, b));
    emit changed();
  }
  drag_from_.reset();
  drag_to_.reset();
  redrawHover();
}

void CurvePlot::onWheel(QWheelEvent* event) {
  zoom(std::pow(0.999, event->angleDelta().y()), plot_->xAxis->pixelToCoord(event->position().x()));
  event->accept();
  emit changed();
}

bool CurvePlot::eventFilter(QObject* watched, QEvent* event) {
  if (event->type() == QEvent::Leave) {
    hovered_ = false;
    if (crosshair_) crosshair_->clear();
    redrawHover();
  }
  if (event->type() == QEvent::Resize) emit changed();
  return QObject::eventFilter(watched, event);
}

}  // namespace geocyte::widgets::loss_curves
