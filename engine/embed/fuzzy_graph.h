// SPDX-License-Identifier: GPL-3.0-or-later
// UMAP's fuzzy graph of a matrix of dissimilarities, and matrices made comparable by ranks.
//
//   p(j|i) = exp(-max(0, d_ij - rho_i) / sigma_i) for the k nearest j, rho: the nearest, sigma such that sum_j p(j|i) = log2 k
//   p = p + p' - p o p'                                                   (McInnes, Healy & Melville 2018)
//   ranks: r_ij = rank of d_ij among d_i. (0 the nearest, self included) / n; a sum of ranks mixes dissimilarities of different kinds
//
// Ties go to the smaller index. Cost O(n^2 log n).
#pragma once

#include <Eigen/Core>
#include <cstdint>
#include <vector>

namespace geocyte::embed {

/// Symmetric, by rows; columns rise within a row.
struct FuzzyGraph {
  std::vector<std::int64_t> begin;         ///< n + 1
  std::vector<std::int32_t> column;
  std::vector<float> weight;               ///< (0, 1]
  std::int64_t rows() const { return static_cast<std::int64_t>(begin.size()) - 1; }
};

/// Rows of `dissimilarity` n x n (the diagonal is not looked at). Throws Error{bad_data} for a value that is not finite, Error{internal}
/// unless 2 <= k. k is lowered to n - 1.
FuzzyGraph fuzzy_graph(const Eigen::MatrixXd& dissimilarity, int k, int threads = 1);

/// Ranks of the entries within each row, over n: 0 ... 1 - 1/n.
Eigen::MatrixXd row_ranks(const Eigen::MatrixXd& dissimilarity, int threads = 1);

}  // namespace geocyte::embed
