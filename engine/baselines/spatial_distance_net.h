// SPDX-License-Identifier: GPL-3.0-or-later
// The global bar: a perceptron f whose outputs lie as far apart as the cells do in the tissue. It needs no frame, since distances have none.
//
//   L = mean_ij ( |f(x_i) - f(x_j)| - d_ij )^2  over `batch` cells of one training slide a step,   f: p - 256 - 128 - 16, ReLU
//   d: distances of unit-rms places; AdamW (Loshchilov & Hutter 2019) 1e-3, decay 1e-2, 600 steps
//   layout: D = mean over members of |f(x_i) - f(x_j)| scaled to unit mean square, classical scaling, then SMACOF (embed/stress.h)
//
// Features are centred and scaled by their mean standard deviation over training slides; `noise` adds Gaussian noise of that many standard
// deviations at each step. Without it the net learns two slides by heart: on the third STARmap slide row-Spearman is .35 after 150 steps and .26
// after 900; with noise 1 it is .39 after 600, the bar that was measured independently (one seed each).
// Deterministic in the seed. Cost: 600 steps of 256 cells take seconds on one core.
#pragma once

#include "engine/baselines/spatial_task.h"

namespace geocyte::baselines {

struct DistanceNetOptions {
  std::vector<Eigen::Index> hidden = {256, 128};
  Eigen::Index out = 16;
  int steps = 600;
  Eigen::Index batch = 256;
  double learning_rate = 1e-3, weight_decay = 1e-2;
  double noise = 1;
  int members = 1;                         ///< nets of seeds that follow each other
  Eigen::Index most_pairs = 4000;          ///< cells; beyond it places are the classical scaling alone, which needs no matrix of pairs
};

/// Predicted distances of all pairs of test cells, n x n, mean square 1. Empty when stopped.
std::optional<Eigen::MatrixXd> predict_distances(const SpatialTask& task, const DistanceNetOptions& options = {});

std::optional<Eigen::MatrixXd> place_by_distance_net(const SpatialTask& task, const DistanceNetOptions& options = {});

}  // namespace geocyte::baselines
