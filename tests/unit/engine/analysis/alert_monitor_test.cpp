// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/analysis/alert_monitor.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "engine/core/error.h"
#include "engine/core/rng.h"
#include "engine/stats/auc.h"

namespace geocyte::analysis {
namespace {

using config::AlertCondition;
using config::AlertTest;

config::SystemSpec spec_with(std::vector<AlertCondition> when) {
  config::SystemSpec spec;
  config::MetricSpec metric;
  metric.path = "a";
  metric.title = "Metric A";
  spec.metrics.push_back(metric);
  spec.alerts.push_back({"test/rule", "warn", "Something is wrong.", "Mend it.", std::move(when)});
  return spec;
}

/// Feeds values of "a", judging after each; returns the changes with the position at which they came.
std::vector<std::pair<int, AlertChange>> changes_of(AlertMonitor& monitor, const std::vector<double>& values, const char* metric = "a") {
  std::vector<std::pair<int, AlertChange>> changes;
  for (std::size_t i = 0; i < values.size(); ++i) {
    monitor.observe(metric, values[i]);
    for (const AlertChange& change : monitor.judge()) changes.emplace_back(static_cast<int>(i), change);
  }
  return changes;
}

TEST(AlertMonitor, IsRaisedOnceAndClearedOnceWhenItIsOver) {
  AlertMonitor monitor(spec_with({{"a", AlertTest::above, 1, 0, 3}}));
  const auto changes = changes_of(monitor, {0, 2, 2, 2, 2, 2, 2, 0, 0, 0, 0, 0, 0, 0});
  ASSERT_EQ(changes.size(), 2U);
  EXPECT_EQ(changes[0].first, 2) << "the median of three";
  EXPECT_TRUE(changes[0].second.raised);
  EXPECT_EQ(changes[0].second.evidence, "Metric A is 2.00 (above 1.00).");
  EXPECT_EQ(changes[0].second.advice, "Mend it.");
  EXPECT_FALSE(changes[1].second.raised);
  EXPECT_EQ(changes[1].first, 10) << "three looks in a row without it";
}

TEST(AlertMonitor, OneOutlierRaisesNothing) {
  AlertMonitor monitor(spec_with({{"a", AlertTest::above, 1, 0, 5}}));
  EXPECT_TRUE(changes_of(monitor, {0, 0, 100, 0, 0, 100, 0, 0, 0, 100, 0}).empty());
}

TEST(AlertMonitor, NeedsAllConditionsAndIsSilentBeforeItKnowsThem) {
  AlertMonitor monitor(spec_with({{"a", AlertTest::above, 1}, {"b", AlertTest::below, 1}}));
  EXPECT_TRUE(changes_of(monitor, {5, 5}).empty());
  monitor.observe("b", 3);
  EXPECT_TRUE(monitor.judge().empty());
  monitor.observe("b", 0.5);
  const auto changes = monitor.judge();
  ASSERT_EQ(changes.size(), 1U);
  EXPECT_EQ(changes[0].evidence, "Metric A is 5.00 (above 1.00) and b is 0.50 (below 1.00).");
}

TEST(AlertMonitor, FlatIsAboutTheWindowAndHasNoScale) {
  for (const double scale : {1e-6, 1.0, 1e6}) {
    AlertMonitor falling(spec_with({{"a", AlertTest::flat, 0, 0.05, 8}})), level(spec_with({{"a", AlertTest::flat, 0, 0.05, 8}}));
    std::vector<double> down, still;
    for (int i = 0; i < 20; ++i) {
      down.push_back(scale * std::pow(0.9, i));
      still.push_back(scale * (2.6 + 0.01 * (i % 2)));
    }
    EXPECT_TRUE(changes_of(falling, down).empty());
    EXPECT_EQ(changes_of(level, still).size(), 1U);
  }
}

TEST(AlertMonitor, ATermIsDominantByItsShareOfTheFamily) {
  AlertMonitor monitor(spec_with({{"weighted/*", AlertTest::share_above, 0.8, 0, 4}}));
  std::vector<AlertChange> changes;
  for (int i = 0; i < 4; ++i) {
    monitor.observe("weighted/coral", 9);
    for (auto& change : monitor.judge()) changes.push_back(change);
  }
  EXPECT_TRUE(changes.empty()) << "a term that is alone dominates nothing";
  for (int i = 0; i < 4; ++i) {
    monitor.observe("weighted/coral", -9);
    monitor.observe("weighted/vicreg", 1);
    for (auto& change : monitor.judge()) changes.push_back(change);
  }
  ASSERT_EQ(changes.size(), 1U);
  EXPECT_EQ(changes[0].evidence, "coral makes up 90 % of the sum of 2 terms (more than 80 %).");
}

TEST(AlertMonitor, WhatIsForgottenIsLearnedAgain) {
  AlertMonitor monitor(spec_with({{"a", AlertTest::above, 1, 0, 3}}));
  EXPECT_TRUE(changes_of(monitor, {2, 2}).empty());
  monitor.forget("a");
  EXPECT_TRUE(changes_of(monitor, {2, 2}).empty());
  EXPECT_EQ(changes_of(monitor, {2}).size(), 1U);
}

TEST(AlertMonitor, ACollapseIsAFallFromTheBest) {
  for (const double scale : {1.0, 0.1}) {
    AlertMonitor monitor(spec_with({{"a", AlertTest::below_best, 0.25, 0, 3}}));
    std::vector<double> values;
    for (const double value : {20, 30, 40, 40, 38, 20, 12, 9, 8, 7, 7}) values.push_back(scale * value);
    const auto changes = changes_of(monitor, values);
    ASSERT_EQ(changes.size(), 1U);
    EXPECT_EQ(changes[0].first, 8) << "the median of 12, 9, 8 is below a quarter of 40";
  }
}

TEST(AlertMonitor, ARatioOfTwoMetricsHasNoScale) {
  for (const double scale : {1.0, 0.1}) {
    AlertMonitor monitor(spec_with({{"a", AlertTest::below, 0.02, 0, 2, "b"}}));
    for (int i = 0; i < 2; ++i) {
      monitor.observe("b", scale * 1.0);
      monitor.observe("a", scale * 0.001);
    }
    EXPECT_EQ(monitor.judge().size(), 1U);
  }
}

TEST(AlertMonitor, NotANumberIsSeenAtOnce) {
  AlertMonitor monitor(spec_with({{"a", AlertTest::not_finite}}));
  const auto changes = changes_of(monitor, {1, std::numeric_limits<double>::quiet_NaN()});
  ASSERT_EQ(changes.size(), 1U);
  EXPECT_EQ(changes[0].second.evidence, "Metric A is not a number.");
}

/// Noise in two groups whose means were subtracted before the cells were split: the half that a classifier has not seen has
/// the opposite means, so it is worse than guessing. The classifier is the difference of the means of the half it has seen.
TEST(AlertMonitor, LeakyCentringOfNoiseRaisesTheLeakageAlarm) {
  constexpr int kCells = 240, kHalf = kCells / 2, kDims = 200;
  Rng rng(11);
  for (const bool leaky : {false, true}) {
    std::vector<double> x(kCells * kDims);
    for (double& value : x) value = rng.normal();
    const auto at = [&](int cell, int d) -> double& { return x[static_cast<std::size_t>(cell * kDims + d)]; };
    const auto mean_of = [&](int group, int cells, int d) {
      double mean = 0;
      for (int i = group; i < cells; i += 2) mean += at(i, d) / (cells / 2.0);
      return mean;
    };
    std::vector<double> score(kHalf, 0.0);
    std::vector<std::uint8_t> positive(kHalf);
    for (int d = 0; d < kDims; ++d) {
      const double all[2] = {leaky ? mean_of(0, kCells, d) : 0, leaky ? mean_of(1, kCells, d) : 0};
      for (int i = 0; i < kCells; ++i) at(i, d) -= all[i % 2];
      const double direction = mean_of(1, kHalf, d) - mean_of(0, kHalf, d);
      for (int i = 0; i < kHalf; ++i) score[static_cast<std::size_t>(i)] += direction * at(kHalf + i, d);
    }
    for (int i = 0; i < kHalf; ++i) positive[static_cast<std::size_t>(i)] = static_cast<std::uint8_t>(i % 2);
    const auto auc = stats::auc(score, positive);
    AlertMonitor monitor(spec_with({{"auc/high", AlertTest::below, 0.5}, {"auc", AlertTest::below, 0.45}}));
    monitor.observe("auc", auc.value);
    monitor.observe("auc/high", auc.high);
    EXPECT_EQ(monitor.judge().size(), leaky ? 1U : 0U) << auc.value << " " << auc.low << " " << auc.high;
  }
}

TEST(AlertMonitor, RefusesRulesThatCannotBeJudged) {
  EXPECT_THROW(AlertMonitor(spec_with({})), Error);
  EXPECT_THROW(AlertMonitor(spec_with({{"a", AlertTest::above, 1, 0, 0}})), Error);
  EXPECT_THROW(AlertMonitor(spec_with({{"a", AlertTest::flat, 0, 0.1, 3}})), Error);
  EXPECT_THROW(AlertMonitor(spec_with({{"a/*", AlertTest::above, 1}})), Error);
}

}  // namespace
}  // namespace geocyte::analysis
