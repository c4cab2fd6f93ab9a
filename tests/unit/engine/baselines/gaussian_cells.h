// SPDX-License-Identifier: GPL-3.0-or-later
// Small data sets with known moments for the tests of the baselines.
#pragma once

#include <Eigen/Core>
#include <cstdint>
#include <vector>

#include "engine/baselines/cells.h"
#include "engine/baselines/symmetric.h"
#include "engine/core/rng.h"

namespace geocyte::baselines {

inline Eigen::MatrixXd normal_matrix(Eigen::Index rows, Eigen::Index cols, Rng& rng) {
  Eigen::MatrixXd x(rows, cols);
  for (Eigen::Index i = 0; i < rows; ++i)
    for (Eigen::Index j = 0; j < cols; ++j) x(i, j) = rng.normal();
  return x;
}

/// Positive definite, condition about 10 to 100.
inline Eigen::MatrixXd random_covariance(Eigen::Index d, Rng& rng) {
  const Eigen::MatrixXd root = normal_matrix(d, 2 * d, rng);
  return root * root.transpose() / static_cast<double>(d) + 0.1 * Eigen::MatrixXd::Identity(d, d);
}

/// Rows whose mean and unbiased covariance are exactly those given, whatever was drawn.
inline Eigen::MatrixXd exact_cells(Eigen::Index n, const Eigen::RowVectorXd& mean, const Eigen::MatrixXd& covariance, Rng& rng) {
  Eigen::MatrixXd x = normal_matrix(n, mean.size(), rng);
  x.rowwise() -= x.colwise().mean().eval();
  const Eigen::MatrixXd drawn = x.transpose() * x / static_cast<double>(n - 1);
  return ((x * symmetric_power(drawn, -0.5) * symmetric_power(covariance, 0.5)).rowwise() + mean).eval();
}

/// One block of rows a source.
inline Cells stacked(const std::vector<Eigen::MatrixXd>& blocks) {
  Cells cells;
  cells.sources = static_cast<int>(blocks.size());
  Eigen::Index rows = 0;
  for (const auto& block : blocks) rows += block.rows();
  cells.x.resize(rows, blocks.front().cols());
  Eigen::Index first = 0;
  for (std::size_t s = 0; s < blocks.size(); ++s) {
    cells.x.middleRows(first, blocks[s].rows()) = blocks[s];
    cells.source.insert(cells.source.end(), static_cast<std::size_t>(blocks[s].rows()), static_cast<std::int32_t>(s));
    first += blocks[s].rows();
  }
  return cells;
}

inline Moments moments_of_source(const Eigen::MatrixXd& x, const Cells& cells, int source) {
  return moments_of(x, rows_by_source(cells)[static_cast<std::size_t>(source)]);
}

}  // namespace geocyte::baselines
