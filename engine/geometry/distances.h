// SPDX-License-Identifier: GPL-3.0-or-later
// Distances of all pairs of a set.
//
//   d_ij = |x_i - x_j|,     dL/dx_i = sum_j (G_ij + G_ji) (x_i - x_j) / d_ij      G = dL/dd
//
// Distances come from differences, not from |x|^2 + |y|^2 - 2 <x, y>, which would lose the near ones in float32. The gradient is
// written as two matrix products. Guard: where d_ij = 0 (the diagonal, duplicates) the direction is undefined and the gradient is 0.
// Shapes: x (..., n, D) -> (..., n, n), the type of x. Differentiable to any order away from 0. Cost O(n^2 D).
// Padded rows are the caller's: mask the result (sets.h, pair_mask).
#pragma once

#include <ATen/core/Tensor.h>

namespace geocyte::geometry {

at::Tensor pair_distances(const at::Tensor& x);

/// Column (..., n, k) int64 of the k nearest other points of each point by a distance matrix, nearest first; pairs outside
/// `pairs` (bool, of the shape of `distances`) are never chosen before all others. Throws Error{internal} when k is not in [1, n - 1].
at::Tensor nearest_columns(const at::Tensor& distances, const at::Tensor& pairs, std::int64_t k);

}  // namespace geocyte::geometry
