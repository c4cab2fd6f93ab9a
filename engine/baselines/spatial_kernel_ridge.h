// SPDX-License-Identifier: GPL-3.0-or-later
// Kernel ridge regression from expression to places in one frame (Saunders et al. 1998):
//
//   f(x) = sum_i a_i k(x, x_i) + mean(y),   a = (K + penalty I)^-1 (Y - mean(y)),   k = exp(-|x - x'|^2 / (2 h^2 m)),  m: mean squared distance / 2
//
// h and the penalty are chosen from a small grid by the squared error on training slides left out in turn (with one slide: on every second cell).
// Training cells beyond `most_cells` are thinned evenly. Cost O(n^3) a grid point; n <= most_cells.
#pragma once

#include "engine/baselines/spatial_task.h"

namespace geocyte::baselines {

struct KernelRidgeOptions {
  std::vector<double> widths = {0.5, 1, 2};
  std::vector<double> penalties = {0.1, 1, 10};
  Eigen::Index most_cells = 1500;
};

std::optional<Eigen::MatrixXd> place_by_kernel_ridge(const SpatialTask& task, const KernelRidgeOptions& options = {});

}  // namespace geocyte::baselines
