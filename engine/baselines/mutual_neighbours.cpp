// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/baselines/mutual_neighbours.h"

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include "engine/core/check.h"
#include "engine/kernels/knn.h"

namespace geocyte::baselines {
namespace {

using Rows = std::vector<Eigen::Index>;
constexpr double kReach = 3;   // times the median distance

FloatRows rows_of(const Eigen::MatrixXd& x, const Rows& rows) {
  return to_float(x(rows, Eigen::all));
}

/// Matched cells of two batches, as positions in them.
struct Pairs {
  std::vector<std::pair<std::int32_t, std::int32_t>> pair;   ///< fixed, moved
  std::vector<std::int32_t> matched;                         ///< cells of the moved batch, ascending
  double share = 0;                                          ///< the larger share of matched cells
};

Pairs find_pairs(const FloatRows& fixed, const FloatRows& moved, kernels::KnnOptions knn) {
  const auto to_moved = kernels::exact_knn(moved.points(), fixed.points(), knn);
  const auto to_fixed = kernels::exact_knn(fixed.points(), moved.points(), knn);
  Pairs found;
  std::vector<std::uint8_t> first(static_cast<std::size_t>(fixed.rows), 0), second(static_cast<std::size_t>(moved.rows), 0);
  for (std::int64_t i = 0; i < fixed.rows; ++i)
    for (int a = 0; a < to_moved.k; ++a) {
      const std::int32_t j = to_moved.index[static_cast<std::size_t>(i * to_moved.k + a)];
      if (j < 0) break;
      const auto begin = to_fixed.index.begin() + std::int64_t{j} * to_fixed.k;
      if (std::find(begin, begin + to_fixed.k, static_cast<std::int32_t>(i)) == begin + to_fixed.k) continue;
      found.pair.emplace_back(static_cast<std::int32_t>(i), j);
      first[static_cast<std::size_t>(i)] = second[static_cast<std::size_t>(j)] = 1;
    }
  for (std::size_t j = 0; j < second.size(); ++j)
    if (second[j]) found.matched.push_back(static_cast<std::int32_t>(j));
  found.share = std::max(static_cast<double>(std::count(first.begin(), first.end(), 1)) / static_cast<double>(first.size()),
                         static_cast<double>(found.matched.size()) / static_cast<double>(second.size()));
  return found;
}

/// Moves the rows `moved` of x.
void move(Eigen::MatrixXd& x, const Rows& fixed, const Rows& moved, const Pairs& pairs, const kernels::KnnOptions& knn) {
  const auto cells = static_cast<Eigen::Index>(moved.size());
  Eigen::MatrixXd vector = Eigen::MatrixXd::Zero(cells, x.cols());
  Eigen::VectorXd count = Eigen::VectorXd::Zero(cells);
  for (const auto& [i, j] : pairs.pair) {
    vector.row(j) += x.row(fixed[static_cast<std::size_t>(i)]) - x.row(moved[static_cast<std::size_t>(j)]);
    count[j] += 1;
  }
  Rows matched;
  for (const std::int32_t j : pairs.matched) {
    matched.push_back(moved[static_cast<std::size_t>(j)]);
    vector.row(j) /= count[j];
  }
  const FloatRows all = rows_of(x, moved), anchors = rows_of(x, matched);
  const auto graph = kernels::exact_knn(anchors.points(), all.points(), knn);
  const auto size = static_cast<std::size_t>(graph.k);
  std::vector<float> distances;
  for (Eigen::Index r = 0; r < cells; ++r) {
    const std::size_t begin = static_cast<std::size_t>(r) * size;
    std::size_t known = 0;
    while (known < size && graph.index[begin + known] >= 0) ++known;
    distances.assign(graph.distance.begin() + static_cast<std::ptrdiff_t>(begin), graph.distance.begin() + static_cast<std::ptrdiff_t>(begin + known));
    const double reach = kReach * distances[known / 2];
    Eigen::RowVectorXd shift = Eigen::RowVectorXd::Zero(x.cols());
    double total = 0;
    for (std::size_t a = 0; a < known; ++a) {
      const double part = reach > 0 ? std::min(1.0, distances[a] / reach) : 0;
      const double weight = std::pow(1 - part * part * part, 3);
      shift += weight * vector.row(pairs.matched[static_cast<std::size_t>(graph.index[begin + a])]);
      total += weight;
    }
    if (total > 0) x.row(moved[static_cast<std::size_t>(r)]) += shift / total;
  }
}

Rows joined(const Rows& a, const Rows& b) {
  Rows all = a;
  all.insert(all.end(), b.begin(), b.end());
  return all;
}

void by_reference(Eigen::MatrixXd& x, std::vector<Rows> batches, std::span<const std::uint8_t> reference, const kernels::KnnOptions& knn) {
  Rows fixed;
  std::vector<Rows> others;
  for (std::size_t s = 0; s < batches.size(); ++s)
    if (reference[s] != 0) fixed = joined(fixed, batches[s]);
    else if (!batches[s].empty()) others.push_back(std::move(batches[s]));
  if (fixed.empty())
    throw Error(ErrorCode::bad_config, "mutual nearest neighbours need a reference source with cells", "name at least one source as the reference");
  std::stable_sort(others.begin(), others.end(), [](const Rows& a, const Rows& b) { return a.size() > b.size(); });
  for (const Rows& moved : others) {
    const Pairs pairs = find_pairs(rows_of(x, fixed), rows_of(x, moved), knn);
    if (!pairs.pair.empty()) move(x, fixed, moved, pairs, knn);
    fixed = joined(fixed, moved);
  }
}

void by_overlap(Eigen::MatrixXd& x, std::vector<Rows> batches, const kernels::KnnOptions& knn) {
  kernels::KnnOptions by_angle = knn;
  by_angle.metric = kernels::Metric::cosine;
  std::erase_if(batches, [](const Rows& rows) { return rows.empty(); });
  while (batches.size() > 1) {
    std::size_t best_a = 0, best_b = 0;
    Pairs best;
    best.share = -1;
    for (std::size_t a = 0; a < batches.size(); ++a)
      for (std::size_t b = a + 1; b < batches.size(); ++b) {
        const bool swap = batches[a].size() < batches[b].size();
        const std::size_t fixed = swap ? b : a, moved = swap ? a : b;
        Pairs pairs = find_pairs(rows_of(x, batches[fixed]), rows_of(x, batches[moved]), by_angle);
        if (pairs.share > best.share) best = std::move(pairs), best_a = fixed, best_b = moved;
      }
    if (!best.pair.empty()) move(x, batches[best_a], batches[best_b], best, knn);
    batches[best_a] = joined(batches[best_a], batches[best_b]);
    batches.erase(batches.begin() + static_cast<std::ptrdiff_t>(best_b));
  }
}

}  // namespace

Eigen::MatrixXd correct_by_mutual_neighbours(const Cells& cells, std::span<const std::uint8_t> reference,
                                             const MutualNeighbourOptions& options) {
  check_cells(cells, "mutual nearest neighbours");
  require(static_cast<int>(reference.size()) == cells.sources, "one reference flag a source");
  require(options.neighbours >= 1, "mutual nearest neighbours look at one neighbour at least");
  kernels::KnnOptions knn;
  knn.k = options.neighbours;
  knn.threads = options.threads;
  Eigen::MatrixXd x = cells.x;
  if (options.order == MergeOrder::reference) by_reference(x, rows_by_source(cells), reference, knn);
  else by_overlap(x, rows_by_source(cells), knn);
  return x;
}

}  // namespace geocyte::baselines
