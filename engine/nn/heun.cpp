// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/nn/heun.h"

#include <ATen/TensorOperators.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/empty_like.h>

#include <algorithm>
#include <cmath>

#include "engine/core/check.h"

namespace geocyte::nn {

std::vector<double> heun_levels(const HeunOptions& options) {
  if (!(options.steps >= 1 && options.rho > 0 && options.sigma_min > 0 && options.sigma_min < options.sigma_max))
    throw Error(ErrorCode::bad_config, "sampling needs at least one step, rho above 0 and 0 < sigma_min < sigma_max");
  std::vector<double> levels;
  const double high = std::pow(options.sigma_max, 1 / options.rho), low = std::pow(options.sigma_min, 1 / options.rho);
  for (int i = 0; i < options.steps; ++i)
    levels.push_back(std::pow(high + (options.steps > 1 ? static_cast<double>(i) / (options.steps - 1) : 0) * (low - high), options.rho));
  levels.push_back(0);
  return levels;
}

std::optional<at::Tensor> heun_sample(const at::Tensor& x, const Denoiser& denoise, const HeunOptions& options, at::Generator generator,
                                      const std::function<void(int, double, const at::Tensor&)>& each) {
  const c10::NoGradGuard no_gradient;
  const auto levels = heun_levels(options);
  const auto slope = [&denoise](const at::Tensor& at_place, double level) { return (at_place - denoise(at_place, level).to(at::kDouble)) / level; };
  auto state = x.to(at::kDouble, false, /*copy=*/true);
  for (int i = 0; i < options.steps; ++i) {
    double level = levels[i];
    const double next = levels[i + 1];
    if (options.churn > 0 && level >= options.churn_min && level <= options.churn_max) {
      const double raised = level * (1 + std::min(options.churn / options.steps, std::sqrt(2.0) - 1));
      state = state + at::empty_like(state).normal_(0, std::sqrt(raised * raised - level * level) * options.noise, generator);
      level = raised;
    }
    if (options.stop.stop_requested()) return std::nullopt;
    const auto first = slope(state, level);
    auto moved = state + (next - level) * first;
    if (next > 0) {
      if (options.stop.stop_requested()) return std::nullopt;
      moved = state + (next - level) * 0.5 * (first + slope(moved, next));
    }
    state = moved;
    if (each) each(i + 1, next, state);
  }
  return state;
}

}  // namespace geocyte::nn
