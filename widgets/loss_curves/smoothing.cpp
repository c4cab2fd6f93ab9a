// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/loss_curves/smoothing.h"

#include <algorithm>
#include <cmath>

namespace geocyte::widgets::loss_curves {
namespace {
constexpr double kMostWeight = 1 - 1e-9;   // two samples at one step must not divide by zero
}

double Smoother::next(double step, double value) {
  if (!std::isfinite(value)) return value;
  const double distance = begun_ ? std::max(0.0, step - last_step_) : unit_;
  begun_ = true;
  last_step_ = step;
  if (distance != distance_) {  // evenly logged series ask for one power, not for one a sample
    distance_ = distance;
    weight_ = amount_ > 0 ? std::min(kMostWeight, std::pow(amount_, distance / unit_)) : 0;
  }
  mean_ = weight_ * mean_ + (1 - weight_) * value;
  bias_ *= weight_;
  return mean_ / (1 - bias_);
}

}  // namespace geocyte::widgets::loss_curves
