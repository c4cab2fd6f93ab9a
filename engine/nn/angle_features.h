// SPDX-License-Identifier: GPL-3.0-or-later
// How the nearest points lie around each point, as a histogram of angles:
//
//   a_i[b] = share of the pairs (j, k) of the K nearest of i with  cos(j - i, k - i)  in bin b of [-1, 1]
//
// Invariant to rotation, reflection, shift and scale of a set, equivariant to its order. Row sums are 1, or 0 for points with fewer than two
// neighbours and for padding. Guard: a neighbour in the same place has no direction and counts as a right angle. Without gradient.
// Shapes: x (B, n, D), mask (B, n) or undefined -> (B, n, bins). Cost O(n K^2 D) after the distances. (An input of the seed 004's score network.)
#pragma once

#include <ATen/core/Tensor.h>

namespace geocyte::nn {

/// `neighbours` is lowered to n - 1. Throws Error{internal} for fewer than two neighbours asked for, or no bins.
at::Tensor angle_features(const at::Tensor& x, const at::Tensor& mask, std::int64_t neighbours, std::int64_t bins);

}  // namespace geocyte::nn
