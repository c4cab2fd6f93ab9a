// SPDX-License-Identifier: GPL-3.0-or-later
// Cell-type LISI: does the neighbourhood of a cell hold one cell type only? (Korsunsky et al. 2019; scaled as in scIB,
// Luecken et al. 2022.)
//
//   cLISI = (L - median over cells of LISI_i) / (L - 1),   in [0, 1], 1 = neighbours share the type of the cell
//
// LISI is that of lisi.h with cell types for labels, L of them present. One point gives 1 as well as a perfect
// embedding does when there is one type only, so 1 is returned for a single type.
#pragma once

#include <cstdint>
#include <span>

#include "engine/kernels/knn.h"

namespace geocyte::stats {

/// Errors as in lisi().
double clisi(const kernels::KnnGraph& graph, std::span<const std::int32_t> type, int types, double perplexity = 30);

}  // namespace geocyte::stats
