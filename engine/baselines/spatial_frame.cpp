// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/baselines/spatial_frame.h"

#include <Eigen/Cholesky>

#include "engine/core/check.h"
#include "engine/embed/procrustes.h"

namespace geocyte::baselines {
namespace {

constexpr double kPenalty = 0.1;           // of the mean variance of a feature

/// Slides other than `without`, one below the other.
std::pair<Eigen::MatrixXd, Eigen::MatrixXd> others(const SpatialTask& task, const std::vector<Eigen::MatrixXd>& places, std::size_t without) {
  Eigen::Index rows = 0;
  for (std::size_t s = 0; s < places.size(); ++s) rows += s == without ? 0 : places[s].rows();
  Eigen::MatrixXd x(rows, task.test.features.cols()), y(rows, task.dims());
  rows = 0;
  for (std::size_t s = 0; s < places.size(); ++s) {
    if (s == without) continue;
    x.middleRows(rows, places[s].rows()) = task.training[s].features;
    y.middleRows(rows, places[s].rows()) = places[s];
    rows += places[s].rows();
  }
  return {x, y};
}

}  // namespace

Ridge fit_ridge(const Eigen::MatrixXd& x, const Eigen::MatrixXd& y, double penalty) {
  require(x.rows() == y.rows() && x.rows() > 0 && penalty > 0, "a ridge regression has as many answers as questions and a penalty above 0");
  Ridge ridge{x.colwise().mean(), y.colwise().mean(), {}};
  const Eigen::MatrixXd x0 = x.rowwise() - ridge.mean_x, y0 = y.rowwise() - ridge.mean_y;
  Eigen::MatrixXd a = x0.transpose() * x0;
  a.diagonal().array() += penalty * static_cast<double>(x.rows());
  ridge.weights = a.ldlt().solve(x0.transpose() * y0);
  return ridge;
}

std::optional<std::vector<Eigen::MatrixXd>> common_frame(const SpatialTask& task) {
  std::vector<Eigen::MatrixXd> places;
  for (const auto& slide : task.training) places.push_back(unit_places(slide.places));
  if (places.size() == 1) return places;
  const auto& first = task.training.front().features;
  const double penalty = kPenalty * std::max(1e-12, (first.rowwise() - first.colwise().mean()).squaredNorm() / static_cast<double>(first.size()));
  const auto turned = [&](const Ridge& ridge, std::size_t s) {
    return embed::fit_procrustes(places[s], ridge.predict(task.training[s].features)).rotation;
  };
  const Ridge from_first = fit_ridge(first, places.front(), penalty);
  for (std::size_t s = 1; s < places.size(); ++s) places[s] *= turned(from_first, s);
  for (std::size_t s = 1; s < places.size(); ++s) {
    if (task.stop.stop_requested()) return std::nullopt;
    const auto [x, y] = others(task, places, s);
    places[s] *= turned(fit_ridge(x, y, penalty), s);
  }
  return places;
}

}  // namespace geocyte::baselines
