// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/kernels/knn.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "engine/core/error.h"
#include "engine/core/rng.h"

namespace geocyte::kernels {
namespace {

std::vector<float> offset_points(std::int64_t rows, std::int64_t dims, std::uint64_t seed, double offset = 0) {
  Rng rng(seed);
  std::vector<float> values(rows * dims);
  for (auto& value : values) value = static_cast<float>(rng.normal() + offset);
  return values;
}

double plain_distance(const float* a, const float* b, std::int64_t dims, Metric metric) {
  double dot = 0, aa = 0, bb = 0, squared = 0;
  for (std::int64_t d = 0; d < dims; ++d) {
    dot += double(a[d]) * b[d];
    aa += double(a[d]) * a[d];
    bb += double(b[d]) * b[d];
    squared += (double(a[d]) - b[d]) * (double(a[d]) - b[d]);
  }
  if (metric == Metric::euclidean) return std::sqrt(squared);
  return aa == 0 || bb == 0 ? 1 : 1 - dot / std::sqrt(aa * bb);
}

KnnGraph by_definition(const Points& points, int k, Metric metric) {
  KnnGraph graph;
  graph.rows = points.rows;
  graph.k = k;
  for (std::int64_t i = 0; i < points.rows; ++i) {
    std::vector<std::pair<double, std::int32_t>> all;
    for (std::int64_t j = 0; j < points.rows; ++j)
      if (j != i)
        all.emplace_back(plain_distance(points.row(i), points.row(j), points.dims, metric),
                         static_cast<std::int32_t>(j));
    std::sort(all.begin(), all.end());
    for (int j = 0; j < k; ++j) {
      graph.index.push_back(all[j].second);
      graph.distance.push_back(static_cast<float>(all[j].first));
    }
  }
  return graph;
}

std::vector<Isa> isas() {
  std::vector<Isa> all;
  for (const Isa isa : {Isa::plain, Isa::avx2, Isa::avx512})
    if (static_cast<int>(isa) <= static_cast<int>(best_isa())) all.push_back(isa);
  return all;
}

TEST(Knn, EqualsTheDefinitionForEveryMetricShapeAndInstructionSet) {
  for (const Isa isa : isas())
    for (const Metric metric : {Metric::euclidean, Metric::cosine})
      for (const auto& [rows, dims] : {std::pair{40, 1}, {33, 3}, {97, 7}, {801, 50}, {64, 129}}) {
        const auto values = offset_points(rows, dims, 11 + rows);
        const Points points{values.data(), rows, dims};
        KnnOptions options;
        options.k = 9;
        options.metric = metric;
        options.isa = isa;
        options.threads = 2;
        const auto got = exact_knn(points, options), want = by_definition(points, options.k, metric);
        ASSERT_TRUE(got.complete);
        if (metric == Metric::euclidean || dims > 1) {
          EXPECT_EQ(got.index, want.index) << name_of(isa) << " " << rows << " x " << dims;
        }
        for (std::size_t i = 0; i < want.distance.size(); ++i)
          ASSERT_NEAR(got.distance[i], want.distance[i], 2e-6f * (1 + want.distance[i]));
      }
}

TEST(Knn, IsNotHurtByADistantOrigin) {
  const auto near = offset_points(300, 10, 5), far = offset_points(300, 10, 5, 4096);
  KnnOptions options;
  options.k = 5;
  const auto want = by_definition({far.data(), 300, 10}, 5, Metric::euclidean);
  EXPECT_EQ(exact_knn({far.data(), 300, 10}, options).index, want.index);
}

TEST(Knn, TiesGoToTheSmallerIndex) {
  // The integer lattice 7 x 7, moved: every inner point has four neighbours at exactly 1 and four at sqrt 2.
  std::vector<float> values;
  for (int y = 0; y < 7; ++y)
    for (int x = 0; x < 7; ++x) values.insert(values.end(), {x + 100.0f, y - 3.0f});
  const Points lattice{values.data(), 49, 2};
  for (const Isa isa : isas())
    for (const int k : {1, 2, 3, 5, 7}) {
      KnnOptions options;
      options.k = k;
      options.isa = isa;
      EXPECT_EQ(exact_knn(lattice, options).index, by_definition(lattice, k, Metric::euclidean).index)
          << name_of(isa) << " k " << k;
    }
}

TEST(Knn, DuplicatesAreNeighboursButAPointIsNotItsOwn) {
  const std::vector<float> values(20 * 4, 0.3f);
  KnnOptions options;
  options.k = 3;
  const auto graph = exact_knn({values.data(), 20, 4}, options);
  for (int i = 0; i < 20; ++i)
    for (int j = 0; j < 3; ++j) {
      EXPECT_NE(graph.index[i * 3 + j], i);
      EXPECT_EQ(graph.index[i * 3 + j], j + (j >= i ? 1 : 0));
      EXPECT_EQ(graph.distance[i * 3 + j], 0);
    }
}

TEST(Knn, DoesNotDependOnTheNumberOfThreads) {
  const auto values = offset_points(3000, 20, 3);
  KnnOptions one, many;
  many.threads = 5;
  const auto a = exact_knn({values.data(), 3000, 20}, one), b = exact_knn({values.data(), 3000, 20}, many);
  EXPECT_EQ(a.index, b.index);
  EXPECT_EQ(a.distance, b.distance);
}

TEST(Knn, CosineIgnoresLengthAndAZeroRowIsOneAway) {
  auto values = offset_points(60, 6, 9);
  KnnOptions options;
  options.k = 4;
  options.metric = Metric::cosine;
  const auto before = exact_knn({values.data(), 60, 6}, options);
  for (int i = 0; i < 60; ++i)
    for (int d = 0; d < 6; ++d) values[i * 6 + d] *= static_cast<float>(1 << (i % 7));
  EXPECT_EQ(exact_knn({values.data(), 60, 6}, options).index, before.index);

  std::fill_n(values.begin(), 6, 0.0f);
  const auto with_zero = exact_knn({values.data(), 60, 6}, options);
  for (int j = 0; j < 4; ++j) EXPECT_EQ(with_zero.distance[j], 1);
}

TEST(Knn, QueriesAgainstReferencesKeepTheirOwnRow) {
  const auto references = offset_points(50, 5, 1), queries = offset_points(13, 5, 2);
  KnnOptions options;
  options.k = 1;
  const auto self = exact_knn({references.data(), 50, 5}, {references.data(), 50, 5}, options);
  for (int i = 0; i < 50; ++i) EXPECT_EQ(self.index[i], i);
  const auto graph = exact_knn({references.data(), 50, 5}, {queries.data(), 13, 5}, options);
  for (int i = 0; i < 13; ++i)
    for (int j = 0; j < 50; ++j)
      EXPECT_GE(plain_distance(&queries[i * 5], &references[j * 5], 5, Metric::euclidean) + 1e-6, graph.distance[i]);
}

TEST(Knn, TooFewPointsArePaddedAndNoPointsAreNoRows) {
  const std::vector<float> values{0, 1, 3};
  KnnOptions options;
  options.k = 4;
  const auto graph = exact_knn({values.data(), 3, 1}, options);
  EXPECT_EQ(graph.index, (std::vector<std::int32_t>{1, 2, -1, -1, 0, 2, -1, -1, 1, 0, -1, -1}));
  EXPECT_TRUE(std::isinf(graph.distance[2]));
  EXPECT_EQ(exact_knn({nullptr, 0, 4}, options).index.size(), 0u);
}

TEST(Knn, ARowWithNanIsNobodysNeighbour) {
  auto values = offset_points(40, 3, 8);
  values[3 * 7 + 1] = std::nanf("");
  KnnOptions options;
  options.k = 5;
  const auto graph = exact_knn({values.data(), 40, 3}, options);
  EXPECT_EQ(std::count(graph.index.begin(), graph.index.end(), 7), 0);
  EXPECT_EQ(graph.index[7 * 5], -1);
}

TEST(Knn, StopsWhenAskedAndRefusesBadOptions) {
  const auto values = offset_points(100, 3, 8);
  StopSource source;
  source.request_stop();
  KnnOptions options;
  options.stop = source.get_token();
  EXPECT_FALSE(exact_knn({values.data(), 100, 3}, options).complete);
  options.k = 0;
  EXPECT_THROW(exact_knn({values.data(), 100, 3}, options), Error);
}

}  // namespace
}  // namespace geocyte::kernels
