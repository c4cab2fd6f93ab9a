// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/optim/schedule.h"

#include <torch/optim/optimizer.h>

#include <algorithm>
#include <cmath>
#include <numbers>

#include "engine/core/error.h"

namespace geocyte::optim {

double learning_rate(const Schedule& schedule, std::int64_t step) {
  if (!(schedule.base >= 0) || schedule.warmup_steps < 0 || !(schedule.final_share >= 0 && schedule.final_share <= 1))
    throw Error(ErrorCode::bad_config,
                "a learning-rate schedule wants a base and a warm-up that are not negative and a final share in [0, 1]");
  if (step < schedule.warmup_steps)
    return schedule.base * static_cast<double>(step + 1) / static_cast<double>(schedule.warmup_steps);
  if (schedule.decay == Decay::constant) return schedule.base;
  const auto length = schedule.total_steps - schedule.warmup_steps;
  if (length <= 0) return schedule.base * schedule.final_share;
  const double done = std::min(1.0, static_cast<double>(step - schedule.warmup_steps) / static_cast<double>(length));
  const double falling = 0.5 * (1 + std::cos(std::numbers::pi * done));
  return schedule.base * (schedule.final_share + (1 - schedule.final_share) * falling);
}

double ramp(std::int64_t step, std::int64_t start, std::int64_t length) {
  if (length <= 0) return step >= start ? 1 : 0;
  return std::clamp(static_cast<double>(step - start) / static_cast<double>(length), 0.0, 1.0);
}

void set_learning_rate(torch::optim::Optimizer& optimizer, double rate) {
  for (auto& group : optimizer.param_groups()) group.options().set_lr(rate);
}

}  // namespace geocyte::optim
