// SPDX-License-Identifier: GPL-3.0-or-later
// Learning rates and loss weights as pure functions of the step: nothing to save, nothing that can be off by one after a
// resume.
//
//   warm-up:  lr(t) = base (t + 1) / W                                  t < W
//   cosine:   lr(t) = base [ f + (1 - f) 1/2 (1 + cos(pi (t - W) / (T - W))) ]    W <= t <= T, base f beyond
//
// Reference: Loshchilov & Hutter, "SGDR", ICLR 2017, eq. 5 (one period).
#pragma once

#include <cstdint>

namespace torch::optim {
class Optimizer;
}

namespace geocyte::optim {

enum class Decay { constant, cosine };

struct Schedule {
  double base = 1e-3;
  Decay decay = Decay::cosine;
  std::int64_t warmup_steps = 0;           ///< W >= 0
  std::int64_t total_steps = 0;            ///< T
  double final_share = 0;                  ///< f in [0, 1]
};

/// The rate of step `step` (from 0). Throws Error{bad_config} for values out of range.
double learning_rate(const Schedule& schedule, std::int64_t step);

/// clip((step - start) / length, 0, 1): how far a loss term is switched on. Length 0 is a step function, on at `start`.
double ramp(std::int64_t step, std::int64_t start, std::int64_t length);

/// Sets the rate of every parameter group.
void set_learning_rate(torch::optim::Optimizer& optimizer, double rate);

}  // namespace geocyte::optim
