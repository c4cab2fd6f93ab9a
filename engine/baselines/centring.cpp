// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/baselines/centring.h"

#include <cmath>

#include "engine/core/check.h"

namespace geocyte::baselines {
namespace {

constexpr double kNoSpread = 1e-12;  // of the mean: what rounding leaves of a constant

}  // namespace

Eigen::MatrixXd SourceScaling::apply(const Cells& cells) const {
  check_cells(cells, "centring");
  require(cells.x.cols() == mean_.cols() && cells.sources == mean_.rows(),
          "cells have the dimension and the sources that centring was fitted on");
  Eigen::MatrixXd y = cells.x;
  for (Eigen::Index row = 0; row < y.rows(); ++row) {
    const int source = cells.source[static_cast<std::size_t>(row)];
    if (count_[static_cast<std::size_t>(source)] == 0) throw_unseen_source("centring", source);
    y.row(row) = (y.row(row) - mean_.row(source)).cwiseProduct(inverse_sd_.row(source));
  }
  return y;
}

SourceScaling fit_centring(const Cells& training) {
  check_cells(training, "centring");
  SourceScaling scaling;
  scaling.count_.assign(static_cast<std::size_t>(training.sources), 0);
  scaling.mean_ = Eigen::MatrixXd::Zero(training.sources, training.x.cols());
  scaling.inverse_sd_ = Eigen::MatrixXd::Ones(training.sources, training.x.cols());
  for (Eigen::Index row = 0; row < training.x.rows(); ++row) {
    const int source = training.source[static_cast<std::size_t>(row)];
    scaling.mean_.row(source) += training.x.row(row);
    ++scaling.count_[static_cast<std::size_t>(source)];
  }
  for (int source = 0; source < training.sources; ++source)
    if (const auto count = scaling.count_[static_cast<std::size_t>(source)]; count > 0)
      scaling.mean_.row(source) /= static_cast<double>(count);
  return scaling;
}

SourceScaling fit_z_score(const Cells& training) {
  SourceScaling scaling = fit_centring(training);
  Eigen::MatrixXd squares = Eigen::MatrixXd::Zero(training.sources, training.x.cols());
  for (Eigen::Index row = 0; row < training.x.rows(); ++row) {
    const int source = training.source[static_cast<std::size_t>(row)];
    squares.row(source) += (training.x.row(row) - scaling.mean_.row(source)).cwiseAbs2();
  }
  for (int source = 0; source < training.sources; ++source) {
    const auto count = scaling.count_[static_cast<std::size_t>(source)];
    if (count < 2) continue;
    for (Eigen::Index j = 0; j < squares.cols(); ++j) {
      const double sd = std::sqrt(squares(source, j) / static_cast<double>(count - 1));
      if (sd > kNoSpread * std::abs(scaling.mean_(source, j))) scaling.inverse_sd_(source, j) = 1 / sd;
    }
  }
  return scaling;
}

}  // namespace geocyte::baselines
