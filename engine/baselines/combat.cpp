// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/baselines/combat.h"

#include <fmt/format.h>

#include <cmath>

#include "engine/core/check.h"

namespace geocyte::baselines {
namespace {

constexpr int kMostRounds = 500;
constexpr double kSettled = 1e-4;          // relative change of both parameters
constexpr double kConstant = 1e-12;        // of the squared mean: what rounding leaves of a constant gene

struct Moment {
  double mean = 0, variance = 0;
};
Moment moment_of(const Eigen::ArrayXd& values) {
  const double mean = values.mean();
  const double variance = values.size() > 1 ? (values - mean).square().sum() / static_cast<double>(values.size() - 1) : 0;
  return {mean, variance};
}

/// Empirical Bayes estimates of one source from its per-gene means and variances.
struct Shrunk {
  Eigen::ArrayXd gamma, delta2;
};
Shrunk shrink(const Eigen::ArrayXd& gamma, const Eigen::ArrayXd& delta2, double n) {
  const Moment shift = moment_of(gamma), spread = moment_of(delta2);
  if (gamma.size() < 2 || !(shift.variance > 0)) return {gamma, delta2};
  const double v = spread.mean, s = spread.variance;
  Shrunk found{gamma, delta2};
  for (int round = 0; round < kMostRounds; ++round) {
    const Eigen::ArrayXd g = (n * shift.variance * gamma + found.delta2 * shift.mean) / (n * shift.variance + found.delta2);
    Eigen::ArrayXd d = Eigen::ArrayXd::Constant(gamma.size(), v);
    if (s > 0) {
      const double a = (v * v + 2 * s) / s, b = (v * v * v + v * s) / s;
      d = (b + ((n - 1) * delta2 + n * (gamma - g).square()) / 2) / (n / 2 + a - 1);
    }
    const double moved = std::max(((g - found.gamma).abs() / (found.gamma.abs() + kSettled)).maxCoeff(),
                                  ((d - found.delta2).abs() / (found.delta2 + kSettled)).maxCoeff());
    found = {g, d};
    if (moved < kSettled) break;
  }
  return found;
}

}  // namespace

Eigen::MatrixXd Combat::apply(const Cells& cells) const {
  check_cells(cells, "ComBat");
  require(cells.x.cols() == factor_.cols() && cells.sources == factor_.rows(), "cells have the genes and sources that ComBat was fitted on");
  Eigen::MatrixXd y(cells.x.rows(), cells.x.cols());
  for (Eigen::Index i = 0; i < y.rows(); ++i) {
    const std::int32_t s = cells.source[static_cast<std::size_t>(i)];
    if (count_[static_cast<std::size_t>(s)] == 0) throw_unseen_source("ComBat", s);
    y.row(i) = cells.x.row(i).cwiseProduct(factor_.row(s)) + offset_.row(s);
  }
  return y;
}

Combat fit_combat(const Cells& training) {
  check_cells(training, "ComBat");
  const auto rows = rows_by_source(training);
  const Eigen::Index genes = training.x.cols();
  const auto all = static_cast<double>(training.count());
  Eigen::MatrixXd mean = Eigen::MatrixXd::Zero(training.sources, genes), squares = mean;
  Combat combat;
  for (std::size_t s = 0; s < rows.size(); ++s) {
    const auto at = static_cast<Eigen::Index>(s);
    combat.count_.push_back(static_cast<std::int64_t>(rows[s].size()));
    if (rows[s].size() == 1)
      throw Error(ErrorCode::bad_data, fmt::format("ComBat needs two training cells of source {}", s + 1), "give it more training cells, or leave it out");
    for (const Eigen::Index row : rows[s]) mean.row(at) += training.x.row(row);
    if (!rows[s].empty()) mean.row(at) /= static_cast<double>(rows[s].size());
    for (const Eigen::Index row : rows[s]) squares.row(at) += (training.x.row(row) - mean.row(at)).cwiseAbs2();
  }
  const Eigen::Map<const Eigen::Matrix<std::int64_t, Eigen::Dynamic, 1>> count(combat.count_.data(), training.sources);
  const Eigen::RowVectorXd alpha = count.cast<double>().transpose() * mean / all;
  const Eigen::ArrayXd sigma2 = squares.colwise().sum().transpose().array() / all;

  std::vector<Eigen::Index> varying;       // the others are left as they are
  for (Eigen::Index g = 0; g < genes; ++g)
    if (sigma2[g] > kConstant * alpha[g] * alpha[g]) varying.push_back(g);
  combat.factor_ = Eigen::MatrixXd::Ones(training.sources, genes);
  combat.offset_ = Eigen::MatrixXd::Zero(training.sources, genes);
  for (std::size_t s = 0; s < rows.size(); ++s) {
    if (rows[s].empty()) continue;
    const auto at = static_cast<Eigen::Index>(s);
    const auto n = static_cast<double>(rows[s].size());
    Eigen::ArrayXd gamma(varying.size()), delta2(varying.size());
    for (std::size_t v = 0; v < varying.size(); ++v) {
      const Eigen::Index g = varying[v];
      gamma[static_cast<Eigen::Index>(v)] = (mean(at, g) - alpha[g]) / std::sqrt(sigma2[g]);
      delta2[static_cast<Eigen::Index>(v)] = squares(at, g) / (n - 1) / sigma2[g];
    }
    const Shrunk found = shrink(gamma, delta2, n);
    for (std::size_t v = 0; v < varying.size(); ++v) {
      const Eigen::Index g = varying[v];
      const auto i = static_cast<Eigen::Index>(v);
      const double scale = found.delta2[i] > 0 ? 1 / std::sqrt(found.delta2[i]) : 1;
      combat.factor_(at, g) = scale;
      combat.offset_(at, g) = alpha[g] * (1 - scale) - std::sqrt(sigma2[g]) * found.gamma[i] * scale;
    }
  }
  return combat;
}

}  // namespace geocyte::baselines
