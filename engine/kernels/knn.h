// SPDX-License-Identifier: GPL-3.0-or-later
// Exact k nearest neighbours by brute force over register tiles.
//
//   d(x, y) = ||x - y||                        (euclidean)
//   d(x, y) = 1 - <x, y> / (||x|| ||y||)       (cosine; 1 when either row is zero)
//
// Candidates are found with ||y||^2 - 2 <x, y>, whose order over y is that of the distance; the tile compares with the
// k-th best so far while the products are still in registers, so that the n x n matrix is never written. Distances of
// the winners are then computed again from the differences, in double, where nothing cancels.
// Guards: euclidean points are first moved near the origin, because ||y||^2 - 2 <x, y> loses digits far from it; the
// offset is rounded to a power-of-two grid of each dimension's spread, so that coordinates on a lattice stay exact.
// Ties go to the smaller index. The answer does not depend on the number of threads.
// Cost: 2 n m d multiply-adds / 2, O((n + m) d) memory. AVX-512, AVX2 + FMA or plain code is chosen at run time.
#pragma once

#include <cstdint>
#include <vector>

#include "engine/core/stop_token.h"
#include "engine/kernels/isa.h"
#include "engine/kernels/points.h"

namespace geocyte::kernels {

enum class Metric { euclidean, cosine };

const char* name_of(Metric metric);

struct KnnOptions {
  int k = 15;
  Metric metric = Metric::euclidean;
  int threads = 1;              ///< 0 = one a core
  Isa isa = best_isa();         ///< must not be wider than best_isa()
  StopToken stop = {};          ///< looked at between tiles
};

/// Neighbours of each row, nearest first. A row with fewer than k neighbours ends in index -1, distance infinity.
struct KnnGraph {
  std::int64_t rows = 0;
  int k = 0;
  std::vector<std::int32_t> index;     ///< rows x k
  std::vector<float> distance;         ///< rows x k
  bool complete = true;                ///< false: the stop token was set, contents are undefined
};

/// Neighbours of each point among the others (itself excluded; duplicates of it are neighbours at distance 0).
/// Points must be finite: a row with NaN has no neighbours and is nobody's. Throws Error{internal} for k < 1.
KnnGraph exact_knn(const Points& points, const KnnOptions& options);

/// Neighbours of each query among the references.
KnnGraph exact_knn(const Points& references, const Points& queries, const KnnOptions& options);

}  // namespace geocyte::kernels
