// SPDX-License-Identifier: GPL-3.0-or-later
// The nearest cells of each cell, and how many of them two pictures of the same cells share.
//
//   recall@k  = mean_i |N_k(i) in a and in b| / k          chance k / (n - 1)
//   Jaccard@k = mean_i |in both| / |in either|             chance about r / (2 - r) with r = k / (n - 1)
// Neighbours by a k-d tree (Bentley 1975) that stops at boxes no nearer than the k-th found, so that a heap of cells in one place costs
// no more than any other cloud. Cost: n log n in both.
#pragma once

#include <cstdint>
#include <vector>

#include "widgets/tissue/places.h"

namespace geocyte::widgets::tissue {

/// The k nearest among `rows` of each of them, nearest first: rows.size() * k positions in `rows`, -1 where there are not so many.
/// All `rows` must be known.
std::vector<std::int32_t> nearest(const Places& places, const std::vector<std::size_t>& rows, int k);

struct SharedNeighbours {
  int k = 0;                            ///< 10, or n - 1 where there are fewer
  std::int64_t n = 0;                   ///< cells that are averaged over
  double recall = 0, jaccard = 0, chance_recall = 0, chance_jaccard = 0;
};

/// Over the positions with a set byte of `of` (empty = all) in two results of nearest() for the same rows.
SharedNeighbours sharedNeighbours(const std::vector<std::int32_t>& a, const std::vector<std::int32_t>& b, int k, const std::vector<std::uint8_t>& of);

}  // namespace geocyte::widgets::tissue
