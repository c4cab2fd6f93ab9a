// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/stats/own_source_share.h"

#include <gtest/gtest.h>

#include <cmath>

#include "engine/core/error.h"
#include "engine/core/rng.h"

namespace geocyte::stats {
namespace {

kernels::KnnGraph graph_of(const std::vector<float>& x, int dims, int k) {
  kernels::KnnOptions options;
  options.k = k;
  return kernels::exact_knn({x.data(), static_cast<std::int64_t>(x.size()) / dims, dims}, options);
}

TEST(OwnSourceShare, ClosedFormOnALine) {
  // 0 1 | 10 11 with k = 1: each neighbour is of the own side.
  const std::vector<float> x{0, 1, 10, 11};
  const auto apart = own_source_share(graph_of(x, 1, 1), std::vector<std::int32_t>{0, 0, 1, 1}, 2);
  EXPECT_EQ(apart.share, (std::vector<double>{1, 1}));
  EXPECT_NEAR(apart.expected[0], 1.0 / 3, 1e-12);
  const auto mixed = own_source_share(graph_of(x, 1, 1), std::vector<std::int32_t>{0, 1, 0, 1}, 2);
  EXPECT_EQ(mixed.share, (std::vector<double>{0, 0}));
}

TEST(OwnSourceShare, AMixtureMeetsItsExpectationAndUnequalSizesToo) {
  Rng rng(3);
  std::vector<float> x(3000 * 4);
  for (auto& value : x) value = static_cast<float>(rng.normal());
  std::vector<std::int32_t> source(3000);
  for (auto& s : source) s = rng.uniform() < 0.8 ? 0 : 1;
  const auto found = own_source_share(graph_of(x, 4, 20), source, 2);
  EXPECT_NEAR(found.share[0], found.expected[0], 0.02);
  EXPECT_NEAR(found.share[1], found.expected[1], 0.02);
  EXPECT_NEAR(found.mean_expected, 0.5, 0.01);
}

TEST(OwnSourceShare, EmptySourcesAreNanAndBadLabelsRefused) {
  const std::vector<float> x{0, 1, 2};
  const auto found = own_source_share(graph_of(x, 1, 2), std::vector<std::int32_t>{0, 0, 0}, 2);
  EXPECT_TRUE(std::isnan(found.share[1]));
  EXPECT_EQ(found.mean_share, 1);
  EXPECT_THROW(own_source_share(graph_of(x, 1, 2), std::vector<std::int32_t>{0, 0, 2}, 2), Error);
  EXPECT_THROW(own_source_share(graph_of(x, 1, 2), std::vector<std::int32_t>{0, 0}, 2), Error);
}

}  // namespace
}  // namespace geocyte::stats
