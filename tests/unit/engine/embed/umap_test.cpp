// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/embed/umap.h"

#include <gtest/gtest.h>

#include <cmath>

#include "engine/core/error.h"
#include "engine/core/rng.h"
#include "engine/embed/knn.h"

namespace geocyte::embed {
namespace {

/// Three Gaussian clouds far apart in ten dimensions, one after the other.
std::vector<float> clouds(std::int64_t each, std::uint64_t seed) {
  Rng rng(seed);
  std::vector<float> values;
  for (int cloud = 0; cloud < 3; ++cloud)
    for (std::int64_t i = 0; i < each; ++i)
      for (int d = 0; d < 10; ++d) values.push_back(static_cast<float>(rng.normal() + (d == cloud ? 12 : 0)));
  return values;
}

kernels::KnnGraph graph_of(const std::vector<float>& values, int k = 15) {
  kernels::KnnOptions options;
  options.k = k;
  return neighbour_graph({values.data(), static_cast<std::int64_t>(values.size() / 10), 10}, options);
}

std::vector<float> fit(const kernels::KnnGraph& graph, UmapOptions options, int chunk, std::vector<float> start = {}) {
  Umap umap(graph, options, std::move(start));
  while (umap.epoch() < umap.epochs()) umap.run(umap.epoch() + chunk);
  return {umap.layout().begin(), umap.layout().end()};
}

double kept(const kernels::KnnGraph& graph, const std::vector<float>& layout) {
  kernels::KnnOptions options;
  options.k = graph.k;
  const auto flat = neighbour_graph({layout.data(), graph.rows, 2}, options);
  int shared = 0;
  for (std::int64_t i = 0; i < graph.rows; ++i)
    for (int a = 0; a < graph.k; ++a)
      for (int b = 0; b < graph.k; ++b) shared += graph.index[i * graph.k + a] == flat.index[i * graph.k + b];
  return static_cast<double>(shared) / static_cast<double>(graph.rows * graph.k);
}

TEST(Umap, ManyShortRunsEqualOneLongRunBitForBit) {
  const auto graph = graph_of(clouds(100, 1));
  UmapOptions options;
  options.epochs = 60;
  options.seed = 7;
  const auto whole = fit(graph, options, 60);
  EXPECT_EQ(whole, fit(graph, options, 7));
  options.seed = 8;
  EXPECT_NE(whole, fit(graph, options, 60));
}

TEST(Umap, CloudsStayTogetherAndApart) {
  const auto graph = graph_of(clouds(100, 2));
  UmapOptions options;
  options.start = UmapOptions::Start::random;
  const auto layout = fit(graph, options, 200);
  kernels::KnnOptions near;
  near.k = 10;
  const auto flat = neighbour_graph({layout.data(), 300, 2}, near);
  int own = 0;
  for (std::int64_t i = 0; i < 300; ++i)
    for (int j = 0; j < 10; ++j) own += flat.index[i * 10 + j] / 100 == i / 100;
  EXPECT_GT(own, 0.98 * 3000);
}

TEST(Umap, AWarmStartMovesLittleAndLosesNothing) {
  const auto values = clouds(150, 3);
  const auto graph = graph_of(values);
  UmapOptions options;
  options.start = UmapOptions::Start::random;
  const auto cold = fit(graph, options, 200);
  options.start = UmapOptions::Start::given;
  options.epochs = 50;
  options.learning_rate = 0.1;
  const auto warm = fit(graph, options, 50, cold);
  double moved = 0, size = 0;
  for (std::size_t i = 0; i < cold.size(); ++i) {
    moved += (cold[i] - warm[i]) * (cold[i] - warm[i]);
    size += cold[i] * cold[i];
  }
  EXPECT_LT(moved, 0.05 * size);
  EXPECT_GE(kept(graph, warm), 0.9 * kept(graph, cold));
}

TEST(Umap, RunNeverGoesBackOrBeyondTheEnd) {
  const auto graph = graph_of(clouds(20, 4));
  UmapOptions options;
  options.epochs = 10;
  Umap umap(graph, options);
  EXPECT_EQ(umap.run(4), 4);
  EXPECT_EQ(umap.run(2), 4);
  EXPECT_EQ(umap.run(1000), 10);
  EXPECT_EQ(umap.epochs(), 10);
}

TEST(Umap, DuplicatesGiveAFiniteLayout) {
  std::vector<float> values(40 * 10, 1.0f);
  UmapOptions options;
  options.start = UmapOptions::Start::random;
  options.epochs = 20;
  for (const float value : fit(graph_of(values, 5), options, 20)) EXPECT_TRUE(std::isfinite(value));
}

TEST(Umap, RefusesBadInput) {
  const auto graph = graph_of(clouds(10, 5));
  UmapOptions options;
  options.start = UmapOptions::Start::given;
  EXPECT_THROW(Umap(graph, options, std::vector<float>(3)), Error);
  EXPECT_THROW(Umap(graph, options, std::vector<float>(60, std::nanf(""))), Error);
  options.start = UmapOptions::Start::random;
  options.epochs = 0;
  EXPECT_THROW(Umap(graph, options), Error);
  kernels::KnnGraph tiny;
  tiny.rows = 2;
  tiny.k = 1;
  tiny.index = {1, 0};
  tiny.distance = {1, 1};
  options.epochs = 5;
  EXPECT_THROW(Umap(tiny, options), Error);
}

TEST(NeighbourGraph, ChecksItsPoints) {
  auto values = clouds(5, 6);
  EXPECT_EQ(graph_of(values, 100).k, 14);
  values[33] = INFINITY;
  try {
    graph_of(values);
    FAIL();
  } catch (const Error& error) {
    EXPECT_NE(std::string(error.what()).find("row 4"), std::string::npos);
  }
  EXPECT_THROW(neighbour_graph({values.data(), 1, 10}, {}), Error);
}

}  // namespace
}  // namespace geocyte::embed
