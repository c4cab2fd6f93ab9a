// SPDX-License-Identifier: GPL-3.0-or-later
// How much of a set lies outside its K leading directions: the tissue has two (or three), whatever the width of the prediction.
//
//   L = 1 - sum_{k <= K} l_k / sum_k l_k,      l: falling eigenvalues of the covariance of a set
//
// 0 for a set of rank K or less, at most 1 - K/D. Invariant to rotation, reflection, shift and scale. It says nothing of what lies inside.
// Guard: a set without extent has 0, without gradient. Shapes: x (..., n, D), mask (..., n) -> (...). Cost O(n D^2 + D^3).
#pragma once

#include <ATen/core/Tensor.h>

namespace geocyte::losses {

/// Throws Error{internal} for K < 1.
at::Tensor subspace_excess(const at::Tensor& x, const at::Tensor& mask, std::int64_t dims);

}  // namespace geocyte::losses
