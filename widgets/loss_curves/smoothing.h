// SPDX-License-Identifier: GPL-3.0-or-later
// De-biased exponential moving average whose memory is counted in steps, not in samples.
//   w_i = a^((s_i - s_{i-1}) / u),   m_i = w_i m_{i-1} + (1 - w_i) x_i,   shown_i = m_i / (1 - prod_j w_j),   0 <= a < 1
// At a sample spacing of u steps this is the plain average with weight a. A metric that is logged rarely is then hardly
// smoothed and does not lag; one that is logged at each step becomes calm; all curves of a tile share u.
// A constant series stays that constant from the first value on. Non-finite values are skipped and do not poison the rest.
#pragma once

namespace geocyte::widgets::loss_curves {

class Smoother {
 public:
  /// `unit` > 0: u, in steps.
  explicit Smoother(double amount = 0, double unit = 1) : amount_(amount), unit_(unit) {}
  /// The smoothed value after this one; the value itself where it is not finite.
  double next(double step, double value);

 private:
  double amount_, unit_, mean_ = 0, bias_ = 1, last_step_ = 0, distance_ = -1, weight_ = 0;
  bool begun_ = false;
};

}  // namespace geocyte::widgets::loss_curves
