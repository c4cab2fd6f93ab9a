// SPDX-License-Identifier: GPL-3.0-or-later
// Exact linear assignment of test cells to the places of a training slide by correlation of their features (the principle of CytoSPACE, 2023):
//
//   min over assignments of  sum_i (1 - corr(x_i, x'_a(i))),   each place taken by at most ceil(n / m) cells
//
// Solved as a minimum-cost flow by LEMON's network simplex (Kovacs 2015), costs rounded to 1e-6. One training slide at a time; places are the mean
// of those from the first two slides in one frame. A map to true places has the right hull and scale whatever it is worth.
// Cost: about a second for 1,200 x 1,300 cells, which must fit into memory as 40 bytes a pair.
#pragma once

#include "engine/baselines/spatial_task.h"

namespace geocyte::baselines {

/// Column of each row in an assignment of least total cost, at most `capacity` rows a column. n x m costs, finite, m * capacity >= n.
/// Throws Error{bad_config} where this build has no LEMON, Error{internal} for a broken promise.
std::vector<Eigen::Index> least_cost_assignment(const Eigen::MatrixXd& cost, int capacity = 1);

struct AssignmentOptions {
  std::size_t slides = 2;                  ///< training slides whose answers are averaged
};

std::optional<Eigen::MatrixXd> place_by_assignment(const SpatialTask& task, const AssignmentOptions& options = {});

/// Correlation of each row of a with each row of b; 0 where a row does not vary.
Eigen::MatrixXd row_correlations(const Eigen::MatrixXd& a, const Eigen::MatrixXd& b);

}  // namespace geocyte::baselines
