// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/embed/landmark_isomap.h"

#include <Eigen/Eigenvalues>
#include <algorithm>
#include <cmath>
#include <limits>
#include <queue>

#include "engine/core/check.h"

namespace geocyte::embed {
namespace {

constexpr double kFar = std::numeric_limits<double>::infinity();

struct Graph {
  std::vector<std::int64_t> begin;
  std::vector<std::pair<std::int32_t, float>> of;
};

Graph graph_of(const std::vector<StressEdge>& edges, std::int64_t n) {
  Graph graph{std::vector<std::int64_t>(n + 1, 0), std::vector<std::pair<std::int32_t, float>>(2 * edges.size())};
  for (const auto& edge : edges) {
    require(edge.i >= 0 && edge.j >= 0 && edge.i < n && edge.j < n, "an edge joins two points of the layout");
    if (!(std::isfinite(edge.distance) && edge.distance >= 0)) throw Error(ErrorCode::bad_data, "an edge of a layout has a length that is negative or not finite");
    ++graph.begin[edge.i + 1];
    ++graph.begin[edge.j + 1];
  }
  for (std::int64_t i = 0; i < n; ++i) graph.begin[i + 1] += graph.begin[i];
  auto next = graph.begin;
  for (const auto& edge : edges) {
    graph.of[next[edge.i]++] = {edge.j, edge.distance};
    graph.of[next[edge.j]++] = {edge.i, edge.distance};
  }
  return graph;
}

/// Lengths of the shortest paths from a point (Dijkstra 1959).
Eigen::VectorXd paths_from(const Graph& graph, std::int64_t from) {
  Eigen::VectorXd length = Eigen::VectorXd::Constant(static_cast<Eigen::Index>(graph.begin.size()) - 1, kFar);
  std::priority_queue<std::pair<double, std::int32_t>, std::vector<std::pair<double, std::int32_t>>, std::greater<>> open;
  length[from] = 0;
  open.emplace(0, static_cast<std::int32_t>(from));
  while (!open.empty()) {
    const auto [d, i] = open.top();
    open.pop();
    if (d > length[i]) continue;
    for (auto e = graph.begin[i]; e < graph.begin[i + 1]; ++e) {
      const auto [to, step] = graph.of[e];
      if (d + step >= length[to]) continue;
      length[to] = d + step;
      open.emplace(length[to], to);
    }
  }
  return length;
}

/// Layout of one component; rows of `members`.
std::optional<Eigen::MatrixXd> component_layout(const Graph& graph, const std::vector<std::int32_t>& members, const IsomapOptions& options) {
  const auto n = static_cast<Eigen::Index>(members.size());
  const auto count = std::min<Eigen::Index>(options.landmarks, n);
  Eigen::MatrixXd paths(n, count);                                                 // to each landmark
  std::vector<Eigen::Index> landmark{0};
  Eigen::VectorXd nearest = Eigen::VectorXd::Constant(n, kFar);
  for (Eigen::Index l = 0; l < count; ++l) {
    if (options.stop.stop_requested()) return std::nullopt;
    const Eigen::VectorXd all = paths_from(graph, members[landmark[l]]);
    for (Eigen::Index i = 0; i < n; ++i) paths(i, l) = all[members[i]];
    nearest = nearest.cwiseMin(paths.col(l));
    Eigen::Index farthest = 0;
    nearest.maxCoeff(&farthest);
    if (l + 1 < count) landmark.push_back(farthest);
  }
  const Eigen::MatrixXd squared = paths.cwiseAbs2();
  Eigen::MatrixXd among(count, count);
  for (Eigen::Index l = 0; l < count; ++l) among.row(l) = squared.row(landmark[l]);
  const Eigen::RowVectorXd mean = among.colwise().mean();
  Eigen::MatrixXd b = among.rowwise() - mean;
  b.colwise() -= b.rowwise().mean().eval();
  b *= -0.5;
  const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver(0.5 * (b + b.transpose()));
  Eigen::MatrixXd x = Eigen::MatrixXd::Zero(n, options.dims);
  for (Eigen::Index c = 0; c < std::min<Eigen::Index>(options.dims, count); ++c) {
    const double value = solver.eigenvalues()[count - 1 - c];
    if (value <= 1e-12 * std::abs(solver.eigenvalues()[count - 1])) break;
    x.col(c) = -0.5 / std::sqrt(value) * ((squared.rowwise() - mean) * solver.eigenvectors().col(count - 1 - c));
  }
  return x.rowwise() - x.colwise().mean();
}

}  // namespace

std::optional<IsomapLayout> landmark_isomap(const std::vector<StressEdge>& edges, std::int64_t n, const IsomapOptions& options) {
  require(n >= 2 && options.landmarks > options.dims && options.dims >= 1, "a layout by landmarks has more landmarks than dimensions");
  const auto graph = graph_of(edges, n);
  IsomapLayout layout{Eigen::MatrixXd::Zero(n, options.dims), 0};
  std::vector<char> placed(n, 0);
  double right = 0;
  for (std::int64_t seed = 0; seed < n; ++seed) {
    if (placed[seed]) continue;
    const Eigen::VectorXd reach = paths_from(graph, seed);
    std::vector<std::int32_t> members;
    for (std::int64_t i = 0; i < n; ++i)
      if (reach[i] < kFar) members.push_back(static_cast<std::int32_t>(i));
    for (const auto i : members) placed[i] = 1;
    Eigen::MatrixXd x = Eigen::MatrixXd::Zero(static_cast<Eigen::Index>(members.size()), options.dims);
    if (members.size() > 1) {
      auto own = component_layout(graph, members, options);
      if (!own) return std::nullopt;
      x = std::move(*own);
    }
    if (layout.components > 0) x.col(0).array() += right - x.col(0).minCoeff() + 0.1 * (x.col(0).maxCoeff() - x.col(0).minCoeff());
    for (std::size_t i = 0; i < members.size(); ++i) layout.points.row(members[i]) = x.row(static_cast<Eigen::Index>(i));
    right = std::max(layout.components > 0 ? right : -kFar, x.col(0).maxCoeff());
    ++layout.components;
  }
  return layout;
}

}  // namespace geocyte::embed
