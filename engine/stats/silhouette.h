// SPDX-License-Identifier: GPL-3.0-or-later
// Silhouette of cells: nearer to their own label than to the next one? (Rousseeuw 1987.)
//
//   a_i = mean distance to the other cells of the label,  b_i = least over other labels of the mean distance to them,
//   s_i = (b_i - a_i) / max(a_i, b_i)
//
// Euclidean. Distances come tile by tile from |x|^2 + |y|^2 - 2 <x, y> in float after centring: good to 1e-5 of the spread,
// and n x n is never written. A cell that is alone in its label has s = 0.
// Cost: O(asked n d), on `threads` threads; the answer does not depend on their number.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "engine/kernels/points.h"

namespace geocyte::stats {

/// s of the rows `asked`, in that order. Labels are in [0, labels), rows of label -1 are nobody's neighbours and may not be
/// asked; else Error{internal}.
std::vector<double> silhouette(const kernels::Points& points, std::span<const std::int32_t> label, int labels,
                               std::span<const std::int64_t> asked, int threads = 1);

}  // namespace geocyte::stats
