// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/stats/collapse.h"

#include <gtest/gtest.h>

#include <cmath>

#include "engine/core/error.h"
#include "engine/core/rng.h"

namespace geocyte::stats {
namespace {

TEST(Collapse, ClosedFormOfTwoIndependentDimensions) {
  // Variances 4 and 1 (corners of a rectangle, times 3/4 for n - 1): ratio (4 + 1)^2 / (16 + 1).
  const std::vector<float> x{2, 1, 2, -1, -2, 1, -2, -1};
  const auto found = collapse_of({x.data(), 4, 2});
  EXPECT_NEAR(found.std[0], std::sqrt(16.0 / 3), 1e-12);
  EXPECT_NEAR(found.min_std, std::sqrt(4.0 / 3), 1e-12);
  EXPECT_NEAR(found.participation_ratio, 25.0 / 17, 1e-12);
}

TEST(Collapse, IsotropicPointsUseAllDimensionsAndALineOne) {
  Rng rng(1);
  std::vector<float> ball(5000 * 8), line(5000 * 8);
  for (auto& value : ball) value = static_cast<float>(rng.normal());
  for (int i = 0; i < 5000; ++i)
    for (int d = 0; d < 8; ++d) line[i * 8 + d] = ball[i * 8] * static_cast<float>(d + 1);
  EXPECT_NEAR(collapse_of({ball.data(), 5000, 8}).participation_ratio, 8, 0.1);
  EXPECT_NEAR(collapse_of({line.data(), 5000, 8}).participation_ratio, 1, 1e-5);
}

TEST(Collapse, RatioIsFreeOfScaleAndStdIsNot) {
  Rng rng(2);
  std::vector<float> x(300 * 5);
  for (std::size_t i = 0; i < x.size(); ++i) x[i] = static_cast<float>(rng.normal() * (1 + i % 5));
  const auto before = collapse_of({x.data(), 300, 5});
  for (auto& value : x) value *= 0.125f;
  const auto after = collapse_of({x.data(), 300, 5});
  EXPECT_NEAR(after.participation_ratio, before.participation_ratio, 1e-9);
  EXPECT_NEAR(after.min_std, before.min_std / 8, 1e-9);
}

TEST(Collapse, OnePointForAllIsZeroWhateverItsRounding) {
  const std::vector<float> x(70, 0.1f);
  const auto found = collapse_of({x.data(), 7, 10});
  EXPECT_EQ(found.participation_ratio, 0);
  EXPECT_EQ(found.min_std, 0);
}

TEST(Collapse, BadInput) {
  std::vector<float> x{1, 2, 3, 4};
  EXPECT_THROW(collapse_of({x.data(), 1, 4}), Error);
  x[2] = INFINITY;
  EXPECT_THROW(collapse_of({x.data(), 2, 2}), Error);
}

}  // namespace
}  // namespace geocyte::stats
