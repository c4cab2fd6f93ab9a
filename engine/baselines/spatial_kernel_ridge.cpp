// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/baselines/spatial_kernel_ridge.h"

#include <Eigen/Cholesky>
#include <limits>

#include "engine/baselines/spatial_frame.h"
#include "engine/core/check.h"

namespace geocyte::baselines {
namespace {

Eigen::MatrixXd squared_distances(const Eigen::MatrixXd& a, const Eigen::MatrixXd& b) {
  Eigen::MatrixXd d = -2 * a * b.transpose();
  d.colwise() += a.rowwise().squaredNorm();
  d.rowwise() += b.rowwise().squaredNorm().transpose();
  return d.cwiseMax(0.0);
}

struct PlacedCells {
  Eigen::MatrixXd x, y;
  std::vector<int> fold;
};

PlacedCells pick(const PlacedCells& all, int fold, bool equal) {
  std::vector<Eigen::Index> rows;
  for (std::size_t i = 0; i < all.fold.size(); ++i)
    if ((all.fold[i] == fold) == equal) rows.push_back(static_cast<Eigen::Index>(i));
  return {all.x(rows, Eigen::all), all.y(rows, Eigen::all), {}};
}

/// Predictions of `to` for each penalty at one width.
std::vector<Eigen::MatrixXd> predictions(const PlacedCells& from, const Eigen::MatrixXd& to, double scale, const std::vector<double>& penalties) {
  const Eigen::MatrixXd k = (squared_distances(from.x, from.x) * (-1 / (2 * scale))).array().exp(), across = (squared_distances(to, from.x) * (-1 / (2 * scale))).array().exp();
  const Eigen::RowVectorXd mean = from.y.colwise().mean();
  const Eigen::MatrixXd y = from.y.rowwise() - mean;
  std::vector<Eigen::MatrixXd> out;
  for (const double penalty : penalties) {
    Eigen::MatrixXd a = k;
    a.diagonal().array() += penalty;
    out.emplace_back((across * a.llt().solve(y)).rowwise() + mean);
  }
  return out;
}

}  // namespace

std::optional<Eigen::MatrixXd> place_by_kernel_ridge(const SpatialTask& task, const KernelRidgeOptions& options) {
  require_task(task);
  require(!options.widths.empty() && !options.penalties.empty() && options.most_cells >= 4, "kernel ridge chooses from at least one width and penalty");
  const auto places = common_frame(task);
  if (!places) return std::nullopt;
  Eigen::Index total = 0;
  for (const auto& slide : task.training) total += slide.features.rows();
  const Eigen::Index kept = std::min(total, options.most_cells);
  PlacedCells all{Eigen::MatrixXd(kept, task.test.features.cols()), Eigen::MatrixXd(kept, task.dims()), {}};
  Eigen::Index at = 0, seen = 0;
  for (std::size_t s = 0; s < task.training.size(); ++s)
    for (Eigen::Index i = 0; i < (*places)[s].rows(); ++i, ++seen) {
      if (seen * kept / total == (seen + 1) * kept / total) continue;
      all.x.row(at) = task.training[s].features.row(i);
      all.y.row(at++) = (*places)[s].row(i);
      all.fold.push_back(task.training.size() > 1 ? static_cast<int>(s) : static_cast<int>(at % 2));
    }
  const double mean_square = std::max(1e-12, (all.x.rowwise() - all.x.colwise().mean()).squaredNorm() / static_cast<double>(kept));
  const int folds = task.training.size() > 1 ? static_cast<int>(task.training.size()) : 2;

  double best = std::numeric_limits<double>::infinity(), best_width = options.widths.front(), best_penalty = options.penalties.front();
  for (const double width : options.widths) {
    std::vector<double> error(options.penalties.size(), 0);
    for (int fold = 0; fold < folds; ++fold) {
      if (task.stop.stop_requested()) return std::nullopt;
      const PlacedCells held = pick(all, fold, true), from = pick(all, fold, false);
      if (held.x.rows() == 0 || from.x.rows() == 0) continue;
      const auto predicted = predictions(from, held.x, width * width * mean_square, options.penalties);
      for (std::size_t p = 0; p < predicted.size(); ++p) error[p] += (predicted[p] - held.y).squaredNorm();
    }
    for (std::size_t p = 0; p < error.size(); ++p)
      if (error[p] < best) {
        best = error[p];
        best_width = width;
        best_penalty = options.penalties[p];
      }
  }
  if (task.stop.stop_requested()) return std::nullopt;
  return predictions(all, task.test.features, best_width * best_width * mean_square, {best_penalty}).front();
}

}  // namespace geocyte::baselines
