// SPDX-License-Identifier: GPL-3.0-or-later
// The cells of a batch on the host, sorted by group, as the pair kernels read them, and the way back for a gradient.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <string>
#include <vector>

#include "engine/losses/groups.h"

namespace geocyte::losses {

struct SortedGroups {
  std::vector<std::int64_t> groups, sizes;   ///< which groups, and their cells
  at::Tensor cells;                          ///< (N, D) host, contiguous, float32 or float64, detached
  at::Tensor index;                          ///< (N) int64, host: the cell of each row

  std::int64_t dims() const { return cells.size(1); }
  bool is_double() const { return cells.scalar_type() == at::kDouble; }
  /// A gradient of `cells` as one of z (B, D), on its device; 0 for cells that are in no row.
  at::Tensor scatter(const at::Tensor& gradient, const at::Tensor& z) const;
  /// A host number as a scalar of z's kind.
  at::Tensor scalar(double value, const at::Tensor& z) const;
};

/// The groups of z (B, D), B = groups.cells(), D >= 1, with at least `min_cells` >= 1 cells; else Error{internal}. Half
/// precision becomes float32. From another device the cells are copied.
SortedGroups sorted_groups(const at::Tensor& z, const Groups& groups, std::int64_t min_cells);

/// Why no pair of groups can be compared, for Term::absent; "" when one can. `what` names the groups: "source", "patient".
std::string why_no_pair(const Groups& groups, std::int64_t min_cells, const char* what);

}  // namespace geocyte::losses
