// SPDX-License-Identifier: GPL-3.0-or-later
// The weight of noise levels in the score loss of the seed 004, for denoising_normalised():
//
//   w(s) = cap tanh(lambda(s) g(s) / cap) boost(s),      lambda = (s^2 + S^2) / (s S)^2 = 1 / c_out^2
//   g = (s / pivot)^power and boost = `boost` where s > pivot, both 1 elsewhere;  cap = 0: no cap
//
// lambda is the weight of EDM (Karras et al. 2022, table 1), with which F = 0 costs 1 at every s when the weighted errors are averaged.
// Divided by the sum of weights instead, it costs what is left: about .008 with S = .157, ln s ~ N(-1.2, 1.2^2) and a cap at the 95 % quantile.
// Shapes: s (B) -> (B). No gradient.
#pragma once

#include <ATen/core/Tensor.h>

namespace geocyte::losses {

struct ScoreWeightOptions {
  double pivot = 0.5, power = 2, boost = 3;
  double cap = 0;
};

/// Throws Error{internal} unless sigma_data and pivot are above 0 and the cap is 0 or more.
at::Tensor score_weight(const at::Tensor& sigma, double sigma_data, const ScoreWeightOptions& options = {});

}  // namespace geocyte::losses
