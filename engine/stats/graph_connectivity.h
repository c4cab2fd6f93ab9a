// SPDX-License-Identifier: GPL-3.0-or-later
// Does each cell type hang together in the neighbour graph? (Luecken et al. 2022, doi:10.1038/s41592-021-01336-8.)
//
//   mean over types of  |largest strongly connected component of the cells of the type| / |cells of the type|
//
// Edges go from a cell to its neighbours of the same type; strongly connected, as in scib-metrics. 1 = no type is torn.
// A collapsed embedding can win this score: read it beside the collapse guards.
// Cost: O(rows k) (Tarjan 1972, without recursion).
#pragma once

#include <cstdint>
#include <span>

#include "engine/kernels/knn.h"

namespace geocyte::stats {

/// Cells of type -1 are left out; NaN when there is none else. Throws Error{internal} when labels and graph differ in
/// length or a label is not in [-1, types).
double graph_connectivity(const kernels::KnnGraph& graph, std::span<const std::int32_t> type, int types);

}  // namespace geocyte::stats
