// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/embed/stress.h"

#include <algorithm>
#include <cmath>

#include "engine/core/check.h"
#include "engine/embed/classical_mds.h"
#include "engine/kernels/parallel.h"

namespace geocyte::embed {
namespace {

constexpr Eigen::Index kBlockRows = 64;
constexpr double kCoincident = 1e-12;

void require_start(const Eigen::MatrixXd& start) {
  require(start.rows() >= 2 && start.cols() >= 1, "a layout has at least two points");
  if (!start.allFinite()) throw Error(ErrorCode::bad_data, "the start of a layout has a coordinate that is not finite");
}

struct Neighbour {
  std::int32_t to;
  float distance, weight;
};

/// Edges by point, both ways.
struct Adjacency {
  std::vector<std::int64_t> begin;
  std::vector<Neighbour> of;
};

Adjacency adjacency(const std::vector<StressEdge>& edges, std::int64_t n) {
  Adjacency by{std::vector<std::int64_t>(n + 1, 0), std::vector<Neighbour>(2 * edges.size())};
  for (const auto& edge : edges) {
    require(edge.i >= 0 && edge.j >= 0 && edge.i < n && edge.j < n && edge.i != edge.j, "an edge joins two different points of the layout");
    if (!(std::isfinite(edge.distance) && std::isfinite(edge.weight) && edge.distance >= 0 && edge.weight >= 0))
      throw Error(ErrorCode::bad_data, "an edge of a layout has a length or weight that is negative or not finite");
    ++by.begin[edge.i + 1];
    ++by.begin[edge.j + 1];
  }
  for (std::int64_t i = 0; i < n; ++i) by.begin[i + 1] += by.begin[i];
  auto next = by.begin;
  for (const auto& edge : edges) {
    by.of[next[edge.i]++] = {edge.j, edge.distance, edge.weight};
    by.of[next[edge.j]++] = {edge.i, edge.distance, edge.weight};
  }
  return by;
}

/// Sum of w rho over all edges, and of w d^2.
std::pair<double, double> edge_stress(const std::vector<StressEdge>& edges, const Eigen::MatrixXd& x, double huber) {
  double sum = 0, size = 0;
  for (const auto& edge : edges) {
    const double r = std::abs((x.row(edge.i) - x.row(edge.j)).norm() - edge.distance);
    sum += edge.weight * (huber > 0 && r > huber ? huber * (2 * r - huber) : r * r);
    size += edge.weight * static_cast<double>(edge.distance) * edge.distance;
  }
  return {sum, size};
}

double relative(double sum, double size) { return size > 0 ? std::sqrt(sum / size) : 0; }

}  // namespace

StressLayout dense_stress(const Eigen::MatrixXd& distances, Eigen::MatrixXd start, const StressOptions& options) {
  require_distances(distances);
  require_start(start);
  require(distances.rows() == start.rows(), "a start has one row a point");
  const Eigen::Index n = start.rows(), dims = start.cols(), blocks = (n + kBlockRows - 1) / kBlockRows;
  StressLayout layout;
  layout.points = start.rowwise() - start.colwise().mean();
  const double size = distances.squaredNorm();
  Eigen::MatrixXd next(n, dims);
  Eigen::VectorXd row_stress(n);
  double before = 0;
  while (true) {
    kernels::parallel_blocks(options.threads, blocks, [&](std::int64_t block) {
      Eigen::ArrayXd d(n), pull(n);
      for (Eigen::Index i = block * kBlockRows; i < std::min(n, (block + 1) * kBlockRows); ++i) {
        d.setZero();
        for (Eigen::Index c = 0; c < dims; ++c) d += (layout.points.col(c).array() - layout.points(i, c)).square();
        d = d.sqrt();
        d[i] = distances(i, i);
        row_stress[i] = (d - distances.col(i).array()).square().sum();
        pull = (d > kCoincident).select(distances.col(i).array() / d.max(kCoincident), 0.0);
        pull[i] = 0;
        const double total = pull.sum();
        for (Eigen::Index c = 0; c < dims; ++c) next(i, c) = (total * layout.points(i, c) - (pull * layout.points.col(c).array()).sum()) / static_cast<double>(n);
      }
    });
    const double now = row_stress.sum();
    layout.stress = relative(now, size);
    if (layout.sweeps >= options.sweeps || (layout.sweeps > 0 && before - now <= options.tolerance * before)) return layout;
    if (options.stop.stop_requested()) {
      layout.complete = false;
      return layout;
    }
    before = now;
    layout.points.swap(next);
    ++layout.sweeps;
  }
}

StressLayout sparse_stress(const std::vector<StressEdge>& edges, Eigen::MatrixXd start, const StressOptions& options) {
  require_start(start);
  const std::int64_t n = start.rows();
  const auto by = adjacency(edges, n);
  StressLayout layout;
  layout.points = std::move(start);
  auto& x = layout.points;
  auto [now, size] = edge_stress(edges, x, options.huber);
  Eigen::RowVectorXd sum(x.cols()), difference(x.cols());
  while (layout.sweeps < options.sweeps) {
    if (options.stop.stop_requested()) {
      layout.complete = false;
      break;
    }
    for (std::int64_t i = 0; i < n; ++i) {
      double total = 0;
      sum.setZero();
      for (auto e = by.begin[i]; e < by.begin[i + 1]; ++e) {
        const auto& [to, wanted, weight] = by.of[e];
        difference = x.row(i) - x.row(to);
        const double d = difference.norm(), r = std::abs(d - wanted);
        const double w = options.huber > 0 && r > options.huber ? weight * options.huber / r : weight;
        total += w;
        sum += w * x.row(to);
        if (d > kCoincident) sum += (w * wanted / d) * difference;
      }
      if (total > 0) x.row(i) = sum / total;
    }
    ++layout.sweeps;
    const double before = now;
    now = edge_stress(edges, x, options.huber).first;
    if (before - now <= options.tolerance * before) break;
  }
  layout.stress = relative(now, size);
  return layout;
}

}  // namespace geocyte::embed
