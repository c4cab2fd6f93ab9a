// SPDX-License-Identifier: GPL-3.0-or-later
// How well predicted distances agree with those in the tissue. Only the order of predicted distances matters to all but Pearson and stress.
//
//   row_spearman    mean over cells of Spearman(row i of D, row i of T) (mid-ranks; a constant row has 0);  row_pearson the same of values
//   spearman, pearson   over all pairs
//   precision       of the share (10 %) of pairs nearest in D, how many are among the nearest in T; equal counts, so precision = recall = F1; chance .10
//   recall, jaccard     |A n B| / k and |A n B| / |A u B| of the k nearest in D and T of each cell; chance p = k / (n - 1) and about p / (2 - p)
//   trustworthiness     1 - 2 / (n k (2n - 3k - 1)) sum_i sum_{j near in D, not in T} (rank of j in T - k);  continuity: D and T exchanged
//                       (Venna & Kaski 2001); chance .5
//   edge_auc        P(D of an edge < D of another pair), edges: pairs of which one is among the k nearest of the other in T; chance .5
//   stress1         sqrt(sum (T - a D)^2 / sum T^2) with the best a (Kruskal 1964): 0 is perfect
// Ties in neighbour lists go to the smaller index. Distances are compared in float.
// Cost O(n^2) time (ranks by counting sort) and 8 bytes a pair; beyond kScoredCells cells an even subset of them is scored and `n` says how many.
#pragma once

#include <Eigen/Core>
#include <cstdint>
#include <optional>

#include "engine/core/stop_token.h"
#include "engine/stats/cell_score.h"

namespace geocyte::stats {

inline constexpr std::int64_t kScoredCells = 4000;

struct GeometryScoreOptions {
  int k = 10;                   ///< recall, jaccard, edges
  int trust_k = 15;             ///< trustworthiness, continuity
  double nearest_share = 0.10;  ///< precision
  int threads = 1;              ///< 0 = one a core
  StopToken stop = {};
};

struct GeometryScores {
  std::int64_t n = 0, of = 0;   ///< cells scored, cells given
  int k = 0, trust_k = 0;
  CellScore row_spearman, row_pearson, precision, recall, jaccard, trustworthiness, continuity;
  double row_spearman_median = 0, spearman = 0, pearson = 0, edge_auc = 0, stress1 = 0;

  double chance_recall() const { return n > 1 ? static_cast<double>(k) / static_cast<double>(n - 1) : 0; }
  double chance_jaccard() const { return chance_recall() / (2 - chance_recall()); }
};

/// Points n x d' and n x d (dimensions may differ). Throws Error{bad_data} for a value that is not finite or fewer than four cells, and
/// Error{internal} for different numbers of cells. k is lowered where there are too few cells. Empty when stopped.
std::optional<GeometryScores> score_geometry(const Eigen::MatrixXd& predicted, const Eigen::MatrixXd& truth, const GeometryScoreOptions& options = {});

/// The same of a symmetric matrix of predicted distances (or of any dissimilarity).
std::optional<GeometryScores> score_distances(const Eigen::MatrixXd& predicted, const Eigen::MatrixXd& truth, const GeometryScoreOptions& options = {});

}  // namespace geocyte::stats
