// SPDX-License-Identifier: GPL-3.0-or-later
// Heun's method for the probability flow of EDM (Karras et al. 2022, algorithm 2):
//
//   t_i = (t_max^(1/rho) + i/(N-1) (t_min^(1/rho) - t_max^(1/rho)))^rho,  t_N = 0;      d = (x - D(x; t)) / t
//   churn: t^ = t (1 + g), x^ = x + sqrt(t^^2 - t^2) S_noise n, g = min(S_churn / N, sqrt(2) - 1) where S_min <= t <= S_max, else 0
//   Euler to t_{i+1}, then the mean of the slopes at both ends; the last step, to 0, is Euler alone
//
// The state is float64 whatever the denoiser computes in: differences of near noise levels would lose digits otherwise.
// Second order in the step. Deterministic without churn; with it, noise comes from the generator that is handed in.
// The token is looked at before each call of the denoiser.
#pragma once

#include <ATen/core/Generator.h>
#include <ATen/core/Tensor.h>

#include <functional>
#include <optional>
#include <vector>

#include "engine/core/stop_token.h"

namespace geocyte::nn {

struct HeunOptions {
  int steps = 18;
  double sigma_min = 0.002, sigma_max = 80, rho = 7;
  double churn = 0, churn_min = 0, churn_max = 1e300, noise = 1;
  StopToken stop = {};
};

/// steps + 1 falling levels, the last 0. Throws Error{bad_config} unless steps >= 1, rho > 0 and 0 < sigma_min < sigma_max.
std::vector<double> heun_levels(const HeunOptions& options);

/// D(x; t) for x float64 (B, n, D); any floating type comes back.
using Denoiser = std::function<at::Tensor(const at::Tensor& x, double sigma)>;

/// From x at sigma_max (a draw of N(0, sigma_max^2), or a set plus such noise) to a clean set, float64. Without gradient. Empty when stopped.
/// `each`, where given, sees the state after every step (step from 1, level reached).
std::optional<at::Tensor> heun_sample(const at::Tensor& x, const Denoiser& denoise, const HeunOptions& options, at::Generator generator,
                                      const std::function<void(int, double, const at::Tensor&)>& each = {});

}  // namespace geocyte::nn
