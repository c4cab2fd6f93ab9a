// SPDX-License-Identifier: GPL-3.0-or-later
// Is an embedding still using its dimensions? A score of alignment can be won by giving all cells one point.
//
//   std_j = sqrt(var_j), unbiased;   participation ratio = (sum l)^2 / sum l^2 = tr(C)^2 / ||C||_F^2, in [1, d]
//
// l are the eigenvalues of the covariance C; no decomposition is needed. The ratio is the number of dimensions of equal
// variance that would look the same, and stays under z -> c z and rotations. 0 when nothing varies.
// Guard: a dimension whose values differ from their mean by less than the resolution of float (1e-7) does not vary.
#pragma once

#include <vector>

#include "engine/kernels/points.h"

namespace geocyte::stats {

struct Collapse {
  std::vector<double> std;              ///< d
  double min_std = 0, median_std = 0;
  double participation_ratio = 0;
};

/// Throws Error{bad_data} for fewer than two rows or values that are not finite. O(n d^2).
Collapse collapse_of(const kernels::Points& points);

}  // namespace geocyte::stats
