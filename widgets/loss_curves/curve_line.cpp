// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/loss_curves/curve_line.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace geocyte::widgets::loss_curves {

CurveLine::CurveLine(Curve curve, double smoothing, double unit)
    : curve_(std::move(curve)), amount_(smoothing), unit_(unit), smoother_(smoothing, unit) {
  takeNew();
}

void CurveLine::update(const Curve& curve) {
  const bool same = curve.series == curve_.series && curve.series && curve.series->steps.size() >= taken_;
  curve_ = curve;
  same ? takeNew() : restart();
}

void CurveLine::setSmoothing(double amount, double unit) {
  if (amount == amount_ && unit == unit_) return;
  amount_ = amount;
  unit_ = unit;
  restart();
}

void CurveLine::setUnit(StepUnit unit) {
  if (unit == counted_) return;
  counted_ = unit;
  restart();
}

double CurveLine::positionOf(std::size_t sample) const {
  const Series& series = *curve_.series;
  if (counted_ == StepUnit::step) return series.steps[sample];
  if (sample >= series.seconds.size() || !(series.seconds[sample] > 0)) return std::numeric_limits<double>::quiet_NaN();
  return counted_ == StepUnit::clock ? series.seconds[sample] : (series.seconds[sample] - series.seconds[0]) / 3600;
}

double CurveLine::last() const { return taken_ == 0 || !std::isfinite(positionOf(taken_ - 1)) ? 0 : positionOf(taken_ - 1); }
double CurveLine::first() const { return taken_ == 0 || !std::isfinite(positionOf(0)) ? 0 : positionOf(0); }
double CurveLine::lastStep() const { return taken_ == 0 ? 0 : curve_.series->steps[taken_ - 1]; }

double CurveLine::axisOf(double step) const {
  if (counted_ == StepUnit::step || taken_ == 0) return step;
  const auto& steps = curve_.series->steps;
  const auto at = std::lower_bound(steps.begin(), steps.begin() + static_cast<std::ptrdiff_t>(taken_), step) - steps.begin();
  return positionOf(std::min(static_cast<std::size_t>(at), taken_ - 1));
}

double CurveLine::stepAt(double position) const {
  if (counted_ == StepUnit::step || taken_ == 0) return std::round(position);
  std::size_t low = 0, high = taken_ - 1;             // times ascend with the samples
  while (low < high) {
    const std::size_t middle = (low + high) / 2;
    positionOf(middle) < position ? low = middle + 1 : high = middle;
  }
  return curve_.series->steps[low];
}

void CurveLine::restart() {
  raw_.clear();
  smooth_.clear();
  smoother_ = Smoother(amount_, unit_);
  taken_ = 0;
  takeNew();
}

void CurveLine::takeNew() {
  if (!curve_.series) return;
  const std::size_t end = std::min(curve_.series->steps.size(), curve_.series->values.size());
  for (; taken_ < end; ++taken_) {
    const double step = curve_.series->steps[taken_], value = curve_.series->values[taken_];
    const double at = positionOf(taken_), smooth = smoother_.next(step, value);
    raw_.append(at, value);
    smooth_.append(at, smooth);
  }
}

}  // namespace geocyte::widgets::loss_curves
