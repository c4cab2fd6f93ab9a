// SPDX-License-Identifier: GPL-3.0-or-later
// Mean and covariance of a set of cells, and of every group of a batch at once, so that many comparisons share them.
//
//   m = 1/n sum_i z_i,   C = sum_i (z_i - m)(z_i - m)' / (n - 1)
//
// Guard: the covariance of fewer than two cells is 0, with gradient 0. Cells are centred before they are multiplied: the
// shorter form sum z z' - n m m' loses all digits when the mean is far from the origin.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <vector>

#include "engine/losses/groups.h"

namespace geocyte::losses {

struct Moments {
  at::Tensor mean;                         ///< (D)
  at::Tensor covariance;                   ///< (D, D)
  std::int64_t n = 0;
};

/// Of z (n, D), n >= 1; else Error{internal}. O(n D^2).
Moments moments_of(const at::Tensor& z);

/// The cells of several groups side by side, padded to the largest group n_max.
struct PaddedGroups {
  at::Tensor index;                        ///< (K n_max) int64; a padded place points at cell 0
  at::Tensor present;                      ///< (K, n_max, 1) 1, or 0 in a padded place
  at::Tensor share;                        ///< (K, 1) 1 / n
  at::Tensor divisor;                      ///< (K, 1, 1) 1 / max(n - 1, 1)
  std::vector<std::int64_t> groups, sizes; ///< which groups the K rows are, and their cells

  std::int64_t count() const { return static_cast<std::int64_t>(groups.size()); }
  /// Rows of z (B, D) as (K, n_max, D), 0 in padded places.
  at::Tensor rows_of(const at::Tensor& z) const;
};

/// The groups of z (B, D) with at least `min_cells` >= 1 cells, in the type of z.
PaddedGroups padded_groups(const at::Tensor& z, const Groups& groups, std::int64_t min_cells);

struct GroupMoments {
  at::Tensor mean;                         ///< (K, D)
  at::Tensor covariance;                   ///< (K, D, D)
  std::vector<std::int64_t> groups;        ///< which groups the K rows are
  std::vector<std::int64_t> sizes;         ///< their cells

  std::int64_t count() const { return static_cast<std::int64_t>(groups.size()); }
  Moments of(std::int64_t row) const;
};

/// Of the groups of z (B, D) with at least `min_cells` >= 1 cells; K may be 0. One batched product: the members are padded
/// to the largest group n_max, O(K n_max D^2).
GroupMoments group_moments(const at::Tensor& z, const Groups& groups, std::int64_t min_cells);

}  // namespace geocyte::losses
