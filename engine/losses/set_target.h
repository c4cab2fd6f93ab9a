// SPDX-License-Identifier: GPL-3.0-or-later
// What the losses of geometry share of a target: it is made once a batch. Each of them compares predicted sets with target sets and gives
// one value a set (...), so that the caller can weigh or gate sets by their noise level before averaging.
//
// Shapes: points (..., n, D), mask bool (..., n) or undefined; distances and pairs (..., n, n); nearest and edges (..., n, k).
// A set without a pair of points has no geometry: its value is 0, without gradient.
#pragma once

#include <ATen/core/Tensor.h>

namespace geocyte::losses {

struct SetTarget {
  at::Tensor points, mask;                 ///< as handed in; a mask that was undefined is all true
  at::Tensor distances;                    ///< of all pairs of points
  at::Tensor pairs;                        ///< bool: two different points that exist
  at::Tensor nearest;                      ///< int64: the k nearest of each point in the target, nearest first
  at::Tensor edges;                        ///< bool: which of `nearest` are pairs (sets of k points or fewer have fewer)

  std::int64_t k() const { return nearest.size(-1); }
};

/// k is lowered to n - 1 where sets are that small. Throws Error{internal} for k < 1 or n < 2. Without gradient.
SetTarget set_target(const at::Tensor& points, const at::Tensor& mask, std::int64_t k);

/// Mean over the entries of a set where `where` holds, over the last two dimensions; 0 where it holds nowhere.
at::Tensor mean_of_set(const at::Tensor& values, const at::Tensor& where);

/// Median over the entries where `where` holds, over the last two dimensions, without gradient; NaN where it holds nowhere.
at::Tensor median_of_set(const at::Tensor& values, const at::Tensor& where);

}  // namespace geocyte::losses
