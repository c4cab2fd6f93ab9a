// SPDX-License-Identifier: GPL-3.0-or-later
// Harmony: soft clusters that are asked to hold all sources, and a linear correction within each cluster.
//
// With z_i the unit-length coordinates of cell i, y_k unit centres, R (n x K) responsibilities with rows that sum to 1,
// O_kb = sum of R_ki over cells of source b, E_kb = (n_b / n) sum_i R_ki:
//
//   F = sum_ik R_ki 2 (1 - y_k'z_i) + sigma sum_ik R_ki log R_ki + sigma theta sum_kb (O_kb + 1) log((O_kb + 1) / (E_kb + 1))
//   cluster   y_k ∝ sum_i R_ki z_i;   R_ki ∝ exp(-2 (1 - y_k'z_i) / sigma) ((E_kb + 1) / (O_kb + 1))^theta, in blocks of cells
//   correct   W_k = (P diag(R_k) P' + L)^-1 P diag(R_k) X,  P = [1; one-hot source],  L = diag(0, lambda, …, lambda)
//             x_i <- x_i - sum_k R_ki (row of W_k of the source of i);   the common row of W_k is kept
//
// Korsunsky et al. 2019, doi:10.1038/s41592-019-0619-0 (Methods). Clusters are found in the corrected space of the round
// before; the correction always starts from the input X.
//
// Guards. One is added to O and E: a cluster without a source has no infinite penalty. Given y, F is convex in R, and the
// update of a block goes downhill from counts without the block; a step that would raise F is halved, and left out after
// seven halvings, so that F never increases between two corrections. Weights are normalised after subtracting the largest
// exponent. A cell at the origin has no direction and keeps z = 0; a cluster without cells keeps its centre and corrects
// nothing.
// Cost: O(rounds n K (d + sources)), single-threaded; memory 8 n (K + 3 d) bytes. Deterministic given the seed.
#pragma once

#include <Eigen/Core>
#include <cstdint>
#include <vector>

#include "engine/baselines/cells.h"
#include "engine/core/stop_token.h"

namespace geocyte::baselines {

struct HarmonyOptions {
  int clusters = 0;              ///< 0 = min(100, n / 30), at least 1
  double theta = 2;              ///< strength of the diversity penalty; 0 = none
  double sigma = 0.1;            ///< width of the soft assignment
  double lambda = 1;             ///< ridge of the per-source rows, in cells
  int max_iter = 10;             ///< rounds of clustering and correction
  int cluster_rounds = 20;       ///< at most, within one round
  double block_share = 0.05;     ///< of the cells updated at a time
  double cluster_tolerance = 1e-5;  ///< relative change of F that ends clustering
  double tolerance = 1e-4;          ///< relative fall of F from round to round below which Harmony ends; 0 = no early end
  std::uint64_t seed = 0;
  StopToken stop = {};           ///< looked at between clustering rounds; what has been corrected so far is returned
};

struct HarmonyResult {
  Eigen::MatrixXd corrected;                     ///< n x d
  Eigen::MatrixXd responsibility;                ///< n x K
  std::vector<std::vector<double>> objective;    ///< F after each clustering step, one list a round
  bool converged = false;
};

/// Throws Error{bad_data} for no cells or a value that is not finite, and Error{bad_config} for a parameter out of range.
HarmonyResult harmony(const Cells& cells, const HarmonyOptions& options = {});

}  // namespace geocyte::baselines
