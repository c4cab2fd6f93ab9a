// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/stats/ilisi.h"

#include <gtest/gtest.h>

#include <cmath>

#include "engine/core/error.h"
#include "engine/core/rng.h"

namespace geocyte::stats {
namespace {

/// One cell of source 0 with the given neighbours; the neighbours have none of their own.
kernels::KnnGraph star(const std::vector<float>& distance) {
  kernels::KnnGraph graph;
  graph.k = static_cast<int>(distance.size());
  graph.rows = graph.k + 1;
  graph.index.assign(graph.rows * graph.k, -1);
  graph.distance.assign(graph.rows * graph.k, INFINITY);
  for (int j = 0; j < graph.k; ++j) {
    graph.index[j] = j + 1;
    graph.distance[j] = distance[j];
  }
  return graph;
}

kernels::KnnGraph normal_graph(int rows, int k, std::uint64_t seed, const std::vector<std::int32_t>& source,
                               double apart) {
  Rng rng(seed);
  std::vector<float> x;
  for (int i = 0; i < rows; ++i)
    for (int d = 0; d < 3; ++d) x.push_back(static_cast<float>(rng.normal() + apart * source[i]));
  kernels::KnnOptions options;
  options.k = k;
  return kernels::exact_knn({x.data(), rows, 3}, options);
}

TEST(Ilisi, EqualDistancesWeighEqually) {
  // Two neighbours of source 0 and one each of 1 and 2: 1 / (1/4 + 1/16 + 1/16).
  const auto result = ilisi(star({1, 1, 1, 1}), std::vector<std::int32_t>{0, 0, 0, 1, 2}, 3, 2);
  ASSERT_EQ(result.lisi.size(), 1u);
  EXPECT_NEAR(result.lisi[0], 8.0 / 3, 1e-12);
}

TEST(Ilisi, WeightsReachThePerplexity) {
  // Distances 0 and 1 at perplexity p: weights (q, 1 - q) with -q log q - (1 - q) log(1 - q) = log p.
  const double q = 0.8, p = std::exp(-q * std::log(q) - (1 - q) * std::log(1 - q));
  const auto result = ilisi(star({0, 1}), std::vector<std::int32_t>{0, 0, 1}, 2, p);
  EXPECT_NEAR(result.lisi[0], 1 / (q * q + (1 - q) * (1 - q)), 1e-4);
}

TEST(Ilisi, ApartIsZeroAndMixedIsItsExpectation) {
  std::vector<std::int32_t> source(1500);
  for (std::size_t i = 0; i < source.size(); ++i) source[i] = i % 3 == 0 ? 1 : 0;
  const auto apart = ilisi(normal_graph(1500, 90, 1, source, 30), source, 2),
             mixed = ilisi(normal_graph(1500, 90, 1, source, 0), source, 2);
  EXPECT_NEAR(apart.scaled, 0, 1e-9);
  EXPECT_NEAR(mixed.mixed, 0.8, 1e-3);  // 1 / (4/9 + 1/9) - 1
  EXPECT_NEAR(mixed.scaled, mixed.mixed, 0.06);
}

TEST(Ilisi, DependsOnNoScaleOfDistance) {
  std::vector<std::int32_t> source(400);
  for (std::size_t i = 0; i < source.size(); ++i) source[i] = static_cast<std::int32_t>(i % 2);
  auto graph = normal_graph(400, 60, 2, source, 1);
  const double before = ilisi(graph, source, 2, 20).median;
  for (auto& distance : graph.distance) distance *= 1024;
  EXPECT_NEAR(ilisi(graph, source, 2, 20).median, before, 1e-9);
}

TEST(Ilisi, OneSourceAndDuplicatesAreNoObstacle) {
  const auto result = ilisi(star({0, 0, 0}), std::vector<std::int32_t>{0, 0, 0, 0}, 1);
  EXPECT_EQ(result.median, 1);
  EXPECT_EQ(result.scaled, 0);
  EXPECT_THROW(ilisi(star({0, 0, 0}), std::vector<std::int32_t>{0, 0, 0, 5}, 2), Error);
  EXPECT_THROW(ilisi(star({0, 0, 0}), std::vector<std::int32_t>{0}, 2), Error);
}

}  // namespace
}  // namespace geocyte::stats
