// SPDX-License-Identifier: GPL-3.0-or-later
// Do the neighbours of a cell come from everywhere? Share of the k nearest neighbours that belong to the cell's own
// source, beside what a perfect mixture would give:
//
//   share(s) = mean over cells i of s of  #{j in kNN(i): source j = s} / k,     expected(s) = (n_s - 1) / (n - 1)
//
// Global statistics can agree while local mixing is terrible, so this stands beside every centroid distance.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "engine/kernels/knn.h"

namespace geocyte::stats {

struct OwnSourceShare {
  std::vector<std::int64_t> count;      ///< cells of each source
  std::vector<double> share, expected;  ///< NaN for a source without cells
  double mean_share = 0, mean_expected = 0;   ///< over sources with cells, each counting the same
};

/// Throws Error{internal} when labels and graph differ in length or a label is not in [0, sources).
OwnSourceShare own_source_share(const kernels::KnnGraph& graph, std::span<const std::int32_t> source, int sources);

}  // namespace geocyte::stats
