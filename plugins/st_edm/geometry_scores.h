// SPDX-License-Identifier: GPL-3.0-or-later
// How well predicted places agree with true ones, without any common frame or scale.
//
//   row Spearman   mean over cells i of Spearman(d_i., t_i.), the cell itself left out, ties at their mean rank
//   precision@10%  share of the true nearest tenth of all pairs among the predicted nearest tenth; chance .10
//   recall@k       mean over cells of |kNN_pred(i) and kNN_true(i)| / k; chance k / (n - 1)
//
// Shapes: places n x d, row-major. Cost O(n^2 log n).
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace geocyte::plugins::st_edm {

inline constexpr int kJudgedNeighbours = 10;

struct GeometryScores {
  std::vector<double> row_spearman, recall;   ///< of each cell
  double precision = 0;
  std::int64_t n = 0;
  double chance_recall() const;
};

/// `predicted` and `truth` hold n places of their own number of dimensions.
GeometryScores score_places(std::span<const float> predicted, std::int64_t predicted_dims, std::span<const float> truth, std::int64_t truth_dims,
                            int threads);

double mean_of(const std::vector<double>& values);

}  // namespace geocyte::plugins::st_edm
