// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/stats/auc.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "engine/core/error.h"
#include "engine/core/rng.h"

namespace geocyte::stats {
namespace {

using Labels = std::vector<std::uint8_t>;

TEST(Auc, ClosedFormBySortingByHand) {
  // Positives 3, 1; negatives 2, 0: pairs won 3>2, 3>0, 1>0 of four.
  EXPECT_DOUBLE_EQ(auc(std::vector<double>{3, 1, 2, 0}, Labels{1, 1, 0, 0}).value, 0.75);
}

TEST(Auc, TiesCountOneHalf) {
  EXPECT_DOUBLE_EQ(auc(std::vector<double>{1, 1, 1, 1}, Labels{1, 0, 1, 0}).value, 0.5);
  EXPECT_DOUBLE_EQ(auc(std::vector<double>{2, 1, 1, 0}, Labels{1, 1, 0, 0}).value, 0.875);
}

TEST(Auc, EqualsTheShareOfPairsWonAndIsMirroredBySign) {
  Rng rng(1);
  std::vector<double> score;
  Labels label;
  for (int i = 0; i < 200; ++i) {
    label.push_back(i % 3 == 0);
    score.push_back(std::round(4 * (rng.normal() + label.back())) / 4);
  }
  double won = 0, pairs = 0;
  for (int i = 0; i < 200; ++i)
    for (int j = 0; j < 200; ++j)
      if (label[i] && !label[j]) {
        won += score[i] > score[j] ? 1 : score[i] == score[j] ? 0.5 : 0;
        ++pairs;
      }
  const Auc forward = auc(score, label);
  EXPECT_NEAR(forward.value, won / pairs, 1e-12);
  for (auto& value : score) value = -value;
  EXPECT_NEAR(auc(score, label).value, 1 - forward.value, 1e-12);
  for (auto& value : score) value = std::exp(-3 * value);  // any rising function
  EXPECT_NEAR(auc(score, label).value, forward.value, 1e-12);
}

TEST(Auc, DeLongVarianceOfASmallCase) {
  // Positives 3, 1, negatives 2, 0: placements V10 = {1, .5}, V01 = {.5, 1}; variances .125 each; var = .125/2 +
  // .125/2.
  const Auc result = auc(std::vector<double>{3, 1, 2, 0}, Labels{1, 1, 0, 0});
  const double half = 1.959963984540054 * std::sqrt(0.125) / (0.75 * 0.25), logit = std::log(3.0);
  EXPECT_NEAR(result.low, 1 / (1 + std::exp(half - logit)), 1e-12);
  EXPECT_NEAR(result.high, 1 / (1 + std::exp(-half - logit)), 1e-12);
}

TEST(Auc, IntervalCoversTheTruthAboutAsOftenAsItSays) {
  // Two unit normals 1 apart: AUC = Phi(1/sqrt 2) = .7602.
  Rng rng(7);
  int covered = 0;
  for (int repeat = 0; repeat < 300; ++repeat) {
    std::vector<double> score;
    Labels label;
    for (int i = 0; i < 120; ++i) {
      label.push_back(i % 2);
      score.push_back(rng.normal() + label.back());
    }
    const Auc result = auc(score, label);
    covered += result.low <= 0.7602 && 0.7602 <= result.high;
  }
  EXPECT_GE(covered, 272);  // 95 % of 300 is 285; five standard errors below is 266
  EXPECT_LE(covered, 299);
}

TEST(Auc, PerfectSeparationStillHasAnInterval) {
  const Auc result = auc(std::vector<double>{5, 6, 7, 1, 2, 3, 0}, Labels{1, 1, 1, 0, 0, 0, 0});
  EXPECT_EQ(result.value, 1);
  EXPECT_LT(result.low, 1);
  EXPECT_EQ(result.high, 1);
  EXPECT_EQ(result.positives, 3);
}

TEST(Auc, RefusesOneClassAndNan) {
  EXPECT_THROW(auc(std::vector<double>{1, 2}, Labels{1, 1}), Error);
  EXPECT_THROW(auc({}, {}), Error);
  EXPECT_THROW(auc(std::vector<double>{1, std::nan("")}, Labels{1, 0}), Error);
  EXPECT_THROW(auc(std::vector<double>{1}, Labels{1, 0}), Error);
}

}  // namespace
}  // namespace geocyte::stats
