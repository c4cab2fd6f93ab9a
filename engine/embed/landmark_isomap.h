// SPDX-License-Identifier: GPL-3.0-or-later
// A layout of a graph too large for all its distances: landmark Isomap (de Silva & Tenenbaum, NIPS 2002; Tech. report 2004).
//
//   landmarks by farthest first;  D: shortest paths from each;  X_L = classical scaling of D among landmarks;
//   x_i = 1/2 L# (mean of the squared distances among landmarks - squared distances of i to the landmarks),   L# = diag(1/sqrt(l)) U'
//
// Exact where the paths are Euclidean distances. Points in another component than the first landmark are laid out by themselves and set beside;
// `components` says how many there were. Deterministic. Cost O(m (n + e) log n) for m landmarks and e edges.
#pragma once

#include <Eigen/Core>
#include <cstdint>
#include <optional>
#include <vector>

#include "engine/embed/stress.h"

namespace geocyte::embed {

struct IsomapOptions {
  int landmarks = 256;
  int dims = 2;
  StopToken stop = {};
};

struct IsomapLayout {
  Eigen::MatrixXd points;                  ///< n x dims
  int components = 1;
};

/// Edges as in stress.h (weights are not used), of n points. Throws Error{bad_data} for a length that is negative or not finite. Empty when stopped.
std::optional<IsomapLayout> landmark_isomap(const std::vector<StressEdge>& edges, std::int64_t n, const IsomapOptions& options = {});

}  // namespace geocyte::embed
