// SPDX-License-Identifier: GPL-3.0-or-later
// Cell types that few sources have: does an alignment keep them apart? (Luecken et al. 2022, in the silhouette form.)
//
//   isolated = types that are present in the smallest number of sources
//   score = mean over them of the mean over their cells of (s_i + 1) / 2,   s the silhouette of types (silhouette.h)
//
// A term that forces the sources onto each other pays with exactly these types.
// Cost: O(cells of isolated types x n x d).
#pragma once

#include <cstdint>
#include <span>

#include "engine/kernels/points.h"

namespace geocyte::stats {

/// In [0, 1]; cells of type -1 are left out; NaN without types. Throws Error{internal} for labels of another length or out
/// of range.
double isolated_labels(const kernels::Points& points, std::span<const std::int32_t> type, int types,
                       std::span<const std::int32_t> source, int threads = 1);

}  // namespace geocyte::stats
