// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/embed/fuzzy_graph.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "engine/core/check.h"
#include "engine/kernels/parallel.h"

namespace geocyte::embed {
namespace {

constexpr Eigen::Index kRowsOfBlock = 32;
constexpr int kBisections = 64;
constexpr double kTolerance = 1e-5;

void require_square(const Eigen::MatrixXd& d) {
  require(d.rows() == d.cols() && d.rows() >= 2, "a matrix of dissimilarities is square, of at least two points");
  if (!d.allFinite()) throw Error(ErrorCode::bad_data, "a dissimilarity is not finite", "check the prediction that it comes from");
}

template <class Visit>
void for_rows(Eigen::Index n, int threads, const Visit& visit) {
  kernels::parallel_blocks(threads, (n + kRowsOfBlock - 1) / kRowsOfBlock, [&](std::int64_t block) {
    for (Eigen::Index i = block * kRowsOfBlock; i < std::min(n, (block + 1) * kRowsOfBlock); ++i) visit(i);
  });
}

/// exp(-(d - rho) / sigma) of rising d with the wanted sum.
std::vector<double> memberships(const std::vector<double>& d) {
  const double wanted = std::log2(static_cast<double>(d.size())), rho = d.front();
  double low = 0, high = std::numeric_limits<double>::infinity(), sigma = 1;
  std::vector<double> p(d.size());
  for (int step = 0; step < kBisections; ++step) {
    double sum = 0;
    for (std::size_t j = 0; j < d.size(); ++j) sum += p[j] = std::exp(-(d[j] - rho) / sigma);
    if (std::abs(sum - wanted) < kTolerance) break;
    (sum > wanted ? high : low) = sigma;
    sigma = std::isinf(high) ? 2 * sigma : 0.5 * (low + high);
    if (sigma < 1e-300) break;
  }
  return p;
}

}  // namespace

Eigen::MatrixXd row_ranks(const Eigen::MatrixXd& dissimilarity, int threads) {
  require_square(dissimilarity);
  const Eigen::Index n = dissimilarity.rows();
  Eigen::MatrixXd ranks(n, n);
  for_rows(n, threads, [&](Eigen::Index i) {
    std::vector<std::pair<double, std::int32_t>> order(n);
    for (Eigen::Index j = 0; j < n; ++j) order[j] = {j == i ? -std::numeric_limits<double>::infinity() : dissimilarity(i, j), static_cast<std::int32_t>(j)};
    std::sort(order.begin(), order.end());
    for (Eigen::Index r = 0; r < n; ++r) ranks(i, order[r].second) = static_cast<double>(r) / static_cast<double>(n);
  });
  return ranks;
}

FuzzyGraph fuzzy_graph(const Eigen::MatrixXd& dissimilarity, int k, int threads) {
  require_square(dissimilarity);
  require(k >= 2, "a fuzzy graph has at least two neighbours a point");
  const Eigen::Index n = dissimilarity.rows();
  const auto count = std::min<std::size_t>(k, n - 1);
  std::vector<std::vector<std::pair<std::int32_t, double>>> directed(n);
  for_rows(n, threads, [&](Eigen::Index i) {
    std::vector<std::pair<double, std::int32_t>> others;
    for (Eigen::Index j = 0; j < n; ++j)
      if (j != i) others.emplace_back(dissimilarity(i, j), static_cast<std::int32_t>(j));
    std::partial_sort(others.begin(), others.begin() + static_cast<std::ptrdiff_t>(count), others.end());
    std::vector<double> d(count);
    for (std::size_t j = 0; j < count; ++j) d[j] = others[j].first;
    const auto p = memberships(d);
    for (std::size_t j = 0; j < count; ++j) directed[i].emplace_back(others[j].second, p[j]);
    std::sort(directed[i].begin(), directed[i].end());
  });
  std::vector<std::vector<std::pair<std::int32_t, double>>> both = directed;      // p, then p' joined to it
  const auto share = [&directed](std::int32_t from, std::int32_t to) {
    const auto found = std::lower_bound(directed[from].begin(), directed[from].end(), std::pair{to, -1.0});
    return found != directed[from].end() && found->first == to ? found->second : 0.0;
  };
  for (std::int32_t i = 0; i < n; ++i)
    for (const auto& [j, p] : directed[i])
      if (share(j, i) == 0) both[j].emplace_back(i, 0.0);
  FuzzyGraph graph{{0}, {}, {}};
  for (std::int32_t i = 0; i < n; ++i) {
    std::sort(both[i].begin(), both[i].end());
    for (const auto& [j, p] : both[i]) {
      const double back = share(j, i), joined = p + back - p * back;
      if (joined <= 0) continue;
      graph.column.push_back(j);
      graph.weight.push_back(static_cast<float>(joined));
    }
    graph.begin.push_back(static_cast<std::int64_t>(graph.column.size()));
  }
  return graph;
}

}  // namespace geocyte::embed
