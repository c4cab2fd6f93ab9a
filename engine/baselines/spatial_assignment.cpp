// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/baselines/spatial_assignment.h"

#ifdef GEOCYTE_HAS_LEMON
#include <lemon/network_simplex.h>
#include <lemon/static_graph.h>
#endif

#include <algorithm>
#include <cmath>
#include <utility>

#include "engine/baselines/spatial_frame.h"
#include "engine/core/check.h"

namespace geocyte::baselines {
namespace {

Eigen::MatrixXd standard_rows(const Eigen::MatrixXd& x) {
  Eigen::MatrixXd z = x.colwise() - x.rowwise().mean();
  for (Eigen::Index i = 0; i < z.rows(); ++i) {
    const double norm = z.row(i).norm();
    if (norm > 0) z.row(i) /= norm;
  }
  return z;
}

}  // namespace

Eigen::MatrixXd row_correlations(const Eigen::MatrixXd& a, const Eigen::MatrixXd& b) { return standard_rows(a) * standard_rows(b).transpose(); }

std::vector<Eigen::Index> least_cost_assignment(const Eigen::MatrixXd& cost, int capacity) {
  require(cost.size() > 0 && capacity >= 1 && cost.cols() * capacity >= cost.rows() && cost.allFinite(), "an assignment has room for every row and finite costs");
#ifdef GEOCYTE_HAS_LEMON
  using Graph = lemon::StaticDigraph;
  const auto rows = static_cast<int>(cost.rows()), columns = static_cast<int>(cost.cols());
  std::vector<std::pair<int, int>> arcs;
  arcs.reserve(cost.size());
  for (int i = 0; i < rows; ++i)
    for (int j = 0; j < columns; ++j) arcs.emplace_back(i, rows + j);
  Graph graph;
  graph.build(rows + columns, arcs.begin(), arcs.end());
  lemon::NetworkSimplex<Graph, int, std::int64_t> solver(graph);
  Graph::ArcMap<std::int64_t> costs(graph);
  const double low = cost.minCoeff(), range = std::max(1e-300, cost.maxCoeff() - low);
  for (int i = 0; i < rows; ++i)
    for (int j = 0; j < columns; ++j) costs[graph.arc(i * columns + j)] = std::llround((cost(i, j) - low) / range * 1e6);
  Graph::NodeMap<int> supply(graph);
  for (int i = 0; i < rows; ++i) supply[graph.node(i)] = 1;
  for (int j = 0; j < columns; ++j) supply[graph.node(rows + j)] = -capacity;
  solver.costMap(costs).supplyMap(supply);
  require(solver.run() == lemon::NetworkSimplex<Graph, int, std::int64_t>::OPTIMAL, "an assignment with room for every row has a solution");
  std::vector<Eigen::Index> column(rows, -1);
  for (int a = 0; a < graph.arcNum(); ++a)
    if (solver.flow(graph.arc(a)) > 0) column[a / columns] = a % columns;
  return column;
#else
  throw Error(ErrorCode::bad_config, "this build cannot solve assignments: it was made without LEMON", "Install liblemon-dev and build again.");
#endif
}

std::optional<Eigen::MatrixXd> place_by_assignment(const SpatialTask& task, const AssignmentOptions& options) {
  require_task(task);
  const auto places = common_frame(task);
  if (!places) return std::nullopt;
  const std::size_t count = std::min(std::max<std::size_t>(1, options.slides), task.training.size());
  const Eigen::Index n = task.test.features.rows();
  Eigen::MatrixXd sum = Eigen::MatrixXd::Zero(n, task.dims());
  for (std::size_t s = 0; s < count; ++s) {
    if (task.stop.stop_requested()) return std::nullopt;
    const Eigen::Index m = task.training[s].features.rows();
    const auto column = least_cost_assignment(-row_correlations(task.test.features, task.training[s].features), static_cast<int>((n + m - 1) / m));
    sum += (*places)[s](column, Eigen::all);
  }
  return sum / static_cast<double>(count);
}

}  // namespace geocyte::baselines
