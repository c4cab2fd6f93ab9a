// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/baselines/spatial_transport.h"

#include <cmath>
#include <limits>
#include <queue>

#include "engine/baselines/spatial_assignment.h"
#include "engine/core/check.h"
#include "engine/embed/classical_mds.h"
#include "engine/embed/knn.h"
#include "engine/kernels/parallel.h"

namespace geocyte::baselines {
namespace {

constexpr double kFloor = 1e-300;

/// Shortest paths between all cells on their neighbour graph; pairs without a path get the longest one.
Eigen::MatrixXd graph_paths(const Eigen::MatrixXd& features, int neighbours, int threads) {
  const Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor> x = features.cast<float>();
  const Eigen::Index n = x.rows();
  const auto graph = embed::neighbour_graph({x.data(), n, x.cols()}, {.k = neighbours, .threads = threads});
  std::vector<std::vector<std::pair<std::int32_t, double>>> edges(n);
  for (Eigen::Index i = 0; i < n; ++i)
    for (int j = 0; j < graph.k; ++j) {
      const auto to = graph.index[i * graph.k + j];
      edges[i].emplace_back(to, graph.distance[i * graph.k + j]);
      edges[to].emplace_back(static_cast<std::int32_t>(i), graph.distance[i * graph.k + j]);
    }
  Eigen::MatrixXd paths = Eigen::MatrixXd::Constant(n, n, std::numeric_limits<double>::infinity());
  kernels::parallel_blocks(threads, n, [&](std::int64_t from) {
    std::priority_queue<std::pair<double, std::int32_t>, std::vector<std::pair<double, std::int32_t>>, std::greater<>> open;
    auto length = paths.col(from);
    length[from] = 0;
    open.emplace(0, static_cast<std::int32_t>(from));
    while (!open.empty()) {
      const auto [d, i] = open.top();
      open.pop();
      if (d > length[i]) continue;
      for (const auto& [to, step] : edges[i])
        if (d + step < length[to]) {
          length[to] = d + step;
          open.emplace(length[to], to);
        }
    }
  });
  const double longest = paths.array().isFinite().select(paths.array(), 0.0).maxCoeff();
  return paths.array().isFinite().select(paths.array(), longest);
}

Eigen::MatrixXd over_maximum(const Eigen::MatrixXd& x) {
  const double largest = x.maxCoeff();
  return largest > 0 ? Eigen::MatrixXd(x / largest) : x;
}

}  // namespace

std::optional<Eigen::MatrixXd> fused_plan(const Eigen::MatrixXd& m, const Eigen::MatrixXd& c, const Eigen::MatrixXd& t, const TransportPlaceOptions& options, const StopToken& stop) {
  require(c.rows() == m.rows() && c.cols() == m.rows() && t.rows() == m.cols() && t.cols() == m.cols(), "structures belong to the two sides of the costs");
  require(options.alpha >= 0 && options.alpha <= 1 && options.epsilon > 0 && options.outer >= 1 && options.inner >= 1, "transport has alpha in [0, 1] and epsilon above 0");
  const double row_mass = 1.0 / static_cast<double>(m.rows()), column_mass = 1.0 / static_cast<double>(m.cols());
  const Eigen::VectorXd of_rows = c.cwiseAbs2().rowwise().sum() * row_mass;
  const Eigen::RowVectorXd of_columns = (t.cwiseAbs2().rowwise().sum() * column_mass).transpose();
  Eigen::MatrixXd plan = Eigen::MatrixXd::Constant(m.rows(), m.cols(), row_mass * column_mass);
  for (int outer = 0; outer < options.outer; ++outer) {
    if (stop.stop_requested()) return std::nullopt;
    Eigen::MatrixXd gradient = (1 - options.alpha) * m;
    if (options.alpha > 0) {
      Eigen::MatrixXd structure = -2 * (c * plan) * t.transpose();
      structure.colwise() += of_rows;
      structure.rowwise() += of_columns;
      gradient += 2 * options.alpha * structure;
    }
    // A constant of a row or column changes nothing, so the smallest of each row is taken out before the exponential.
    gradient.colwise() -= gradient.rowwise().minCoeff().eval();
    const Eigen::MatrixXd kernel = plan.array() * (gradient.array() * (-1 / options.epsilon)).exp();
    Eigen::VectorXd u = Eigen::VectorXd::Ones(m.rows()), v = Eigen::VectorXd::Ones(m.cols());
    for (int inner = 0; inner < options.inner; ++inner) {
      u = row_mass * (kernel * v).cwiseMax(kFloor).cwiseInverse();
      v = column_mass * (kernel.transpose() * u).cwiseMax(kFloor).cwiseInverse();
    }
    plan = u.asDiagonal() * kernel * v.asDiagonal();
  }
  return plan;
}

std::optional<Eigen::MatrixXd> place_by_transport(const SpatialTask& task, const TransportPlaceOptions& options) {
  require_task(task);
  const auto& slide = task.training.front();
  const Eigen::MatrixXd places = unit_places(slide.places);
  const Eigen::MatrixXd m = 1 - row_correlations(task.test.features, slide.features).array();
  const Eigen::MatrixXd c = options.alpha > 0 ? over_maximum(graph_paths(task.test.features, options.neighbours, task.threads)) : Eigen::MatrixXd::Zero(m.rows(), m.rows());
  const auto plan = fused_plan(over_maximum(m), c, over_maximum(embed::distance_matrix(places)), options, task.stop);
  if (!plan) return std::nullopt;
  const Eigen::VectorXd mass = plan->rowwise().sum().cwiseMax(kFloor);
  return Eigen::MatrixXd(mass.cwiseInverse().asDiagonal() * (*plan * places));
}

}  // namespace geocyte::baselines
