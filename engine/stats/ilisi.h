// SPDX-License-Identifier: GPL-3.0-or-later
// Integration LISI: how many sources does the neighbourhood of a cell hold? (Korsunsky et al. 2019; scaled as in scIB,
// Luecken et al. 2022.)
//
//   iLISI = (median over cells of LISI_i - 1) / (B - 1),   in [0, 1], 1 = all sources in equal parts everywhere
//
// LISI is that of lisi.h with sources for labels. B counts sources with cells. With sources of unequal size even a perfect
// mixture stays below 1; `mixed` is the value it would have. The common choice is k = 90 and perplexity 30.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "engine/kernels/knn.h"

namespace geocyte::stats {

struct Ilisi {
  std::vector<double> lisi;             ///< of each cell
  double median = 1;
  double scaled = 0;                    ///< 0 where there is one source only
  double mixed = 0;                     ///< scaled value of a perfect mixture of these sizes
};

/// Throws Error{internal} when labels and graph differ in length, a label is not in [0, sources) or perplexity < 1.
Ilisi ilisi(const kernels::KnnGraph& graph, std::span<const std::int32_t> source, int sources, double perplexity = 30);

}  // namespace geocyte::stats
