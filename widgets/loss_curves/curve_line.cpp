// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/loss_curves/curve_line.h"

#include <algorithm>

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

double CurveLine::lastStep() const { return taken_ == 0 ? 0 : curve_.series->steps[taken_ - 1]; }

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
    raw_.append(step, value);
    smooth_.append(step, smoother_.next(step, value));
  }
}

}  // namespace geocyte::widgets::loss_curves
