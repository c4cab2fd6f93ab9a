// SPDX-License-Identifier: GPL-3.0-or-later
// Local inverse Simpson index: how many labels does the neighbourhood of a cell hold? (Korsunsky et al. 2019.)
//
//   w_j ∝ exp(-beta_i d_ij) over the k neighbours, beta_i so that exp(entropy of w) = perplexity
//   LISI_i = 1 / sum_l (sum of w_j over neighbours of label l)^2,   in [1, labels]
//
// Distances enter unsquared, as in the reference implementation. iLISI (ilisi.h) asks it of sources, cLISI (clisi.h) of
// cell types. Guards: fewer neighbours than the perplexity get equal weights; a row without neighbours is left out.
// Cost: O(rows k) times the bisections, about 20.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "engine/kernels/knn.h"

namespace geocyte::stats {

/// LISI of each row that has neighbours, in order. Throws Error{internal} when labels and graph differ in length, a label is
/// not in [0, labels) or perplexity < 1.
std::vector<double> lisi(const kernels::KnnGraph& graph, std::span<const std::int32_t> label, int labels,
                         double perplexity = 30);

}  // namespace geocyte::stats
