// SPDX-License-Identifier: GPL-3.0-or-later
// A layout that is anchored by predicted distances and keeps predicted neighbours together:
//
//   L(Y) = sum_{i != j} w_ij (d_ij - D_ij)^2 / sum w  +  lambda ( -sum p_ij log q_ij + log sum_{i != j} q_ij )
//   w = (D + offset)^-power,   q = 1 / (1 + (d / s)^2),   p: a fuzzy graph, sum p = 1
//
// The first term is weighted stress: it holds the shape as a whole. The second is the cross entropy of t-SNE (van der Maaten & Hinton 2008)
// with a kernel of width s: it pulls the k nearest together, which stress hardly does, because among n points they are a small part of all pairs.
// lambda = 0 is stress alone. D is scaled so that its mean square is 2, that of a set of unit rms radius, in which s and offset are measured.
// Minimised by Adam (Kingma & Ba 2015) on all points at once, with a learning rate that falls linearly; no randomness: the same input gives the
// same layout on any number of threads. Beyond `dense_limit` points, sums over pairs are estimated from `partners` drawn for each point and
// iteration (from the seed): D is then asked for where it is needed and never held.
// Cost O(n^2) an iteration, or O(n partners).
#pragma once

#include <Eigen/Core>
#include <cstdint>
#include <functional>
#include <span>

#include "engine/core/stop_token.h"
#include "engine/embed/fuzzy_graph.h"

namespace geocyte::embed {

struct AnchoredOptions {
  double lambda = 0.15;
  double scale = 0.06;                     ///< s, in rms radii
  double power = 1, offset = 0.1;
  int iterations = 120;
  double learning_rate = 0.02, last_rate = 0.001;
  std::int64_t dense_limit = 3000;
  int partners = 256;
  std::uint64_t seed = 0;                  ///< of the partners
  int threads = 1;                         ///< 0 = one a core
  StopToken stop = {};                     ///< looked at between iterations
};

struct AnchoredLayout {
  Eigen::MatrixXd points;                  ///< n x dims, in units where the distances have mean square 2
  double objective = 0;                    ///< of the last iteration
  bool complete = true;                    ///< false: stopped
};

/// D of point i to the points `columns`.
using DistanceRow = std::function<void(std::int64_t i, std::span<const std::int32_t> columns, std::span<float> out)>;

/// `distances` n x n, `start` n x dims (brought to unit rms first), graph of n rows. Throws Error{bad_data} for distances or a start that are
/// not finite, Error{internal} for shapes that do not belong together. Uses all pairs whatever n is.
AnchoredLayout anchored_layout(const Eigen::MatrixXd& distances, const FuzzyGraph& graph, const Eigen::MatrixXd& start, const AnchoredOptions& options = {});

/// The same from sampled pairs above dense_limit, from all of them up to it. `distances` is called from several threads at once.
AnchoredLayout anchored_layout(const DistanceRow& distances, const FuzzyGraph& graph, const Eigen::MatrixXd& start, const AnchoredOptions& options = {});

struct AnchoredObjective {
  double value = 0;
  Eigen::MatrixXd gradient;                ///< n x dims
};

/// L and its gradient at `points`, of all pairs; distances are taken as they are.
AnchoredObjective anchored_objective(const Eigen::MatrixXd& distances, const FuzzyGraph& graph, const Eigen::MatrixXd& points, const AnchoredOptions& options = {});

}  // namespace geocyte::embed
