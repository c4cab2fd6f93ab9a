// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/jobs/paired_interval.h"

#include <gtest/gtest.h>

#include <cmath>

namespace geocyte::jobs {
namespace {

TEST(PairedInterval, QuantilesOfStudentAreThoseOfTheTables) {
  // Abramowitz & Stegun, table 26.10, A(t|nu) = .95
  EXPECT_NEAR(student_quantile(0.975, 1), 12.7062047, 1e-6);
  EXPECT_NEAR(student_quantile(0.975, 2), 4.30265273, 1e-7);
  EXPECT_NEAR(student_quantile(0.975, 4), 2.77644511, 1e-7);
  EXPECT_NEAR(student_quantile(0.975, 30), 2.04227246, 1e-7);
  EXPECT_NEAR(student_quantile(0.975, 1000000), 1.959966, 1e-5) << "the normal distribution in the limit";
}

TEST(PairedInterval, OneDegreeOfFreedomIsCauchy) {
  for (const double t : {-3.0, -0.5, 0.0, 0.2, 7.0}) EXPECT_NEAR(student_probability(t, 1), 0.5 + std::atan(t) / M_PI, 1e-12) << t;
}

TEST(PairedInterval, QuantileInvertsProbability) {
  for (const int degrees : {1, 2, 3, 10})
    for (const double p : {0.01, 0.3, 0.5, 0.9, 0.999}) EXPECT_NEAR(student_probability(student_quantile(p, degrees), degrees), p, 1e-9);
}

TEST(PairedInterval, ClosedFormOfThreeSeeds) {
  const auto found = paired_difference({{1, 1.0}, {2, 2.0}, {3, 3.0}, {9, 100.0}}, {{1, 0.0}, {2, 0.0}, {3, 0.0}, {4, 5.0}});
  ASSERT_TRUE(found);
  EXPECT_EQ(found->n, 3) << "only seeds that both have";
  EXPECT_NEAR(found->mean, 2, 1e-12);
  EXPECT_NEAR(*found->high - found->mean, 4.30265273 / std::sqrt(3.0), 1e-6);
  EXPECT_NEAR(found->mean - *found->low, *found->high - found->mean, 1e-12);
}

TEST(PairedInterval, PairingTakesOutWhatASeedDoesToBoth) {
  const ValuesBySeed a{{1, 10.1}, {2, 20.2}, {3, 30.1}}, b{{1, 10.0}, {2, 20.0}, {3, 30.0}};
  const auto found = paired_difference(a, b);
  EXPECT_LT(*found->high - *found->low, 0.6);
  EXPECT_GT(*mean_of(a).sd, 9);
  EXPECT_NEAR(paired_difference(b, a)->mean, -found->mean, 1e-12);
}

TEST(PairedInterval, OneSeedHasNoIntervalAndNoneHasNoDifference) {
  const auto one = paired_difference({{1, 2.0}}, {{1, 1.5}});
  ASSERT_TRUE(one);
  EXPECT_EQ(one->mean, 0.5);
  EXPECT_FALSE(one->low);
  EXPECT_FALSE(paired_difference({{1, 2.0}}, {{2, 1.5}}));
  EXPECT_EQ(mean_of({{1, std::nan("")}, {2, 4.0}}).n, 1);
}

}  // namespace
}  // namespace geocyte::jobs
