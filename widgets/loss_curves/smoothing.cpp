// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/loss_curves/smoothing.h"

#include <cmath>

namespace geocyte::widgets::loss_curves {

double Smoother::next(double value) {
  if (!std::isfinite(value)) return value;
  mean_ = amount_ * mean_ + (1 - amount_) * value;
  weight_ *= amount_;
  return mean_ / (1 - weight_);
}

}  // namespace geocyte::widgets::loss_curves
