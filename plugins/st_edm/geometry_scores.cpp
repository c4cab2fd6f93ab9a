// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugins/st_edm/geometry_scores.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "engine/core/check.h"
#include "engine/kernels/parallel.h"

namespace geocyte::plugins::st_edm {
namespace {

constexpr double kNearShare = 0.1;

void distances_of_row(std::span<const float> places, std::size_t dims, std::size_t row, std::vector<float>& to) {
  const std::size_t n = places.size() / dims;
  to.resize(n);
  for (std::size_t j = 0; j < n; ++j) {
    float sum = 0;
    for (std::size_t k = 0; k < dims; ++k) {
      const float diff = places[row * dims + k] - places[j * dims + k];
      sum += diff * diff;
    }
    to[j] = sum;                           // squared: the order is the same
  }
}

/// Mean ranks of all entries but `self`, whose rank is 0; `order` ends up sorted with self first.
void ranks_of(const std::vector<float>& values, std::size_t self, std::vector<std::int32_t>& order, std::vector<double>& ranks) {
  const std::size_t n = values.size();
  order.resize(n);
  ranks.assign(n, 0.0);
  std::iota(order.begin(), order.end(), 0);
  std::swap(order[0], order[self]);
  std::sort(order.begin() + 1, order.end(), [&](std::int32_t a, std::int32_t b) {
    const float x = values[static_cast<std::size_t>(a)], y = values[static_cast<std::size_t>(b)];
    return x != y ? x < y : a < b;
  });
  for (std::size_t begin = 1; begin < n;) {
    std::size_t end = begin + 1;
    while (end < n && values[static_cast<std::size_t>(order[end])] == values[static_cast<std::size_t>(order[begin])]) ++end;
    const double rank = 0.5 * static_cast<double>(begin + end - 1);
    for (std::size_t k = begin; k < end; ++k) ranks[static_cast<std::size_t>(order[k])] = rank;
    begin = end;
  }
}

double correlation(const std::vector<double>& a, const std::vector<double>& b, std::size_t self) {
  const auto n = static_cast<double>(a.size() - 1);
  const double mean = 0.5 * (n + 1);
  double ab = 0, aa = 0, bb = 0;
  for (std::size_t j = 0; j < a.size(); ++j) {
    if (j == self) continue;
    const double x = a[j] - mean, y = b[j] - mean;
    ab += x * y;
    aa += x * x;
    bb += y * y;
  }
  return aa > 0 && bb > 0 ? ab / std::sqrt(aa * bb) : 0;
}

/// Which pairs i < j are among the nearest tenth.
std::vector<std::uint8_t> near_pairs(std::span<const float> places, std::size_t dims) {
  const std::size_t n = places.size() / dims;
  std::vector<float> all, row;
  all.reserve(n * (n - 1) / 2);
  for (std::size_t i = 0; i < n; ++i) {
    distances_of_row(places, dims, i, row);
    all.insert(all.end(), row.begin() + static_cast<std::ptrdiff_t>(i) + 1, row.end());
  }
  std::vector<std::int32_t> order(all.size());
  std::iota(order.begin(), order.end(), 0);
  const auto kept = static_cast<std::ptrdiff_t>(kNearShare * static_cast<double>(all.size()));
  std::nth_element(order.begin(), order.begin() + kept, order.end(), [&](std::int32_t a, std::int32_t b) {
    const float x = all[static_cast<std::size_t>(a)], y = all[static_cast<std::size_t>(b)];
    return x != y ? x < y : a < b;
  });
  std::vector<std::uint8_t> near(all.size(), 0);
  for (std::ptrdiff_t k = 0; k < kept; ++k) near[static_cast<std::size_t>(order[static_cast<std::size_t>(k)])] = 1;
  return near;
}

}  // namespace

double GeometryScores::chance_recall() const { return n > 1 ? std::min(1.0, kJudgedNeighbours / static_cast<double>(n - 1)) : 1; }

double mean_of(const std::vector<double>& values) {
  return values.empty() ? 0 : std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

GeometryScores score_places(std::span<const float> predicted, std::int64_t predicted_dims, std::span<const float> truth, std::int64_t truth_dims,
                            int threads) {
  const auto dp = static_cast<std::size_t>(predicted_dims), dt = static_cast<std::size_t>(truth_dims);
  const std::size_t n = predicted.size() / dp;
  require(n == truth.size() / dt && n > 2, "predicted and true places are of the same cells");
  GeometryScores scores;
  scores.n = static_cast<std::int64_t>(n);
  scores.row_spearman.resize(n);
  scores.recall.resize(n);
  const auto k = std::min<std::size_t>(kJudgedNeighbours, n - 1);
  kernels::parallel_blocks(threads, static_cast<std::int64_t>(n), [&](std::int64_t index) {
    const auto i = static_cast<std::size_t>(index);
    std::vector<float> row;
    std::vector<std::int32_t> near_predicted, near_true;
    std::vector<double> a, b;
    distances_of_row(predicted, dp, i, row);
    ranks_of(row, i, near_predicted, a);
    distances_of_row(truth, dt, i, row);
    ranks_of(row, i, near_true, b);
    scores.row_spearman[i] = correlation(a, b, i);
    int hits = 0;
    for (std::size_t x = 1; x <= k; ++x)
      hits += static_cast<int>(std::find(near_true.begin() + 1, near_true.begin() + 1 + static_cast<std::ptrdiff_t>(k), near_predicted[x]) !=
                               near_true.begin() + 1 + static_cast<std::ptrdiff_t>(k));
    scores.recall[i] = static_cast<double>(hits) / static_cast<double>(k);
  });
  const auto near = near_pairs(predicted, dp), wanted = near_pairs(truth, dt);
  double both = 0, all = 0;
  for (std::size_t p = 0; p < near.size(); ++p) {
    both += near[p] & wanted[p];
    all += wanted[p];
  }
  scores.precision = all > 0 ? both / all : 0;
  return scores;
}

}  // namespace geocyte::plugins::st_edm
