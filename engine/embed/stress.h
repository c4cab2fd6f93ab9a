// SPDX-License-Identifier: GPL-3.0-or-later
// Layouts of least stress.
//
//   dense:   sum_{i<j} (|x_i - x_j| - D_ij)^2
//            SMACOF: X <- B(X) X / n, B_ij = -D_ij / |x_i - x_j|, B_ii = -sum_{j != i} B_ij                       (de Leeuw 1977; Borg & Groenen 2005, ch. 8)
//   sparse:  sum_{edges} w_ij rho(|x_i - x_j| - d_ij)
//            x_i <- sum_j w'_ij ( x_j + d_ij (x_i - x_j) / |x_i - x_j| ) / sum_j w'_ij, point after point        (Gansner, Koren & North 2004, local form)
//            rho: r^2, or Huber's with w' = w min(1, h / |r|)
//
// Both fall (never rise) with every sweep. Dense sweeps are spread over threads and give the same on any number of them; sparse ones run on one.
// Guard: points that coincide do not push each other. Points without an edge stay where they are.
// Cost: dense O(n^2) a sweep and n^2 doubles; sparse O(edges) a sweep.
#pragma once

#include <Eigen/Core>
#include <cstdint>
#include <vector>

#include "engine/core/stop_token.h"

namespace geocyte::embed {

struct StressOptions {
  int sweeps = 100;
  double tolerance = 1e-6;      ///< ends when a sweep lowers the stress by a smaller share
  int threads = 1;              ///< 0 = one a core
  double huber = 0;             ///< of the sparse form; 0: squares
  StopToken stop = {};          ///< looked at between sweeps
};

struct StressLayout {
  Eigen::MatrixXd points;       ///< n x dims; of dense layouts centred
  double stress = 0;            ///< root of the sum of squares over that of D (Stress-1 without refitting the scale)
  int sweeps = 0;
  bool complete = true;         ///< false: stopped, the points are those reached so far
};

/// Throws Error{bad_data} for distances or a start that are not finite, Error{internal} for shapes that do not belong together.
StressLayout dense_stress(const Eigen::MatrixXd& distances, Eigen::MatrixXd start, const StressOptions& options = {});

struct StressEdge {
  std::int32_t i = 0, j = 0;
  float distance = 0, weight = 1;
};

/// Throws Error{bad_data} for an edge whose length or weight is negative or not finite, Error{internal} for one that names no point.
StressLayout sparse_stress(const std::vector<StressEdge>& edges, Eigen::MatrixXd start, const StressOptions& options = {});

}  // namespace geocyte::embed
