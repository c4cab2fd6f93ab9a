// SPDX-License-Identifier: GPL-3.0-or-later
// De-biased exponential moving average, the smoothing that TensorBoard made familiar.
//   m_t = a m_{t-1} + (1 - a) x_t,   shown_t = m_t / (1 - a^t),   0 <= a < 1
// A constant series stays that constant from the first value on. Non-finite values are skipped and do not poison the rest.
#pragma once

namespace geocyte::widgets::loss_curves {

class Smoother {
 public:
  explicit Smoother(double amount = 0) : amount_(amount) {}
  /// The smoothed value after this one; the value itself where it is not finite.
  double next(double value);

 private:
  double amount_, mean_ = 0, weight_ = 1;
};

}  // namespace geocyte::widgets::loss_curves
