// SPDX-License-Identifier: GPL-3.0-or-later
// Batch removal adapted silhouette: within a cell type, is a cell as near to the other sources as to its own?
// (Rautenstrauch & Ohler 2025, doi:10.1038/s41587-025-02743-4: the plain batch silhouette looks at the nearest other source
// only, and so calls pairs of slides mixed while the single cells stand apart.)
//
//   a_i = mean cosine distance to the other cells of the same type and source,  b_i = to all cells of the type from other
//   sources,  s_i = (b_i - a_i) / max(a_i, b_i)
//   BRAS = mean over types of the mean over cells of 1 - |s_i|,   in [0, 1], 1 = sources are not to be told apart
//
// The mean cosine distance to a set is 1 - <x / |x|, mean of y / |y|>, so that no pair of cells is looked at:
// O(n d) a type instead of O(n^2 d). Guards: a cell that is alone in its source has s = 0, as in scib-metrics; types in one source,
// or with one cell a source everywhere, are left out; a cell at the origin has distance 1 to all.
#pragma once

#include <cstdint>
#include <span>

#include "engine/kernels/points.h"

namespace geocyte::stats {

/// Cells of type -1 are left out; NaN when no type has two sources. Throws Error{internal} for labels of another length.
double bras(const kernels::Points& points, std::span<const std::int32_t> type, std::span<const std::int32_t> source);

}  // namespace geocyte::stats
