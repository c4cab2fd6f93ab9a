// SPDX-License-Identifier: GPL-3.0-or-later
// kBET: does the mix of sources among the neighbours of a cell look like the mix of all cells? (Buettner et al. 2019,
// doi:10.1038/s41592-018-0254-1.)
//
//   chi2_i = sum_b (O_ib - k f_b)^2 / (k f_b),  f_b = n_b / n,  p_i = P(chi2 with B - 1 degrees > chi2_i)
//   kBET = share of cells with p_i >= alpha,   in [0, 1]; 1 - alpha is a perfect mixture
//
// The cell itself counts among its k neighbours, as in scib-metrics, so that its own source is a little too frequent.
// A test of equality: with many neighbours small differences are rejected, so read it beside the other mixing scores.
#pragma once

#include <cstdint>
#include <span>

#include "engine/kernels/knn.h"

namespace geocyte::stats {

/// `graph` has k - 1 neighbours a row. 1 for a single source. Throws Error{internal} when labels and graph differ in length
/// or a label is not in [0, sources).
double kbet(const kernels::KnnGraph& graph, std::span<const std::int32_t> source, int sources, double alpha = 0.05);

}  // namespace geocyte::stats
