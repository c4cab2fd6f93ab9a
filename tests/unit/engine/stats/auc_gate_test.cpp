// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/stats/auc_gate.h"

#include <gtest/gtest.h>

#include <cmath>

#include "engine/core/rng.h"

namespace geocyte::stats {
namespace {

double logistic(double x) { return 1 / (1 + std::exp(-x)); }
double logit(double p) { return std::log(p / (1 - p)); }

/// An AUC whose lower (or upper) limit is given, with that half width on the logit scale.
Auc with_low(double low, double half = 0.3) { return {logistic(logit(low) + half), low, logistic(logit(low) + 2 * half), 100, 100}; }
Auc with_high(double high, double half = 0.3) { return {logistic(logit(high) - half), logistic(logit(high) - 2 * half), high, 100, 100}; }

TEST(AucGate, BeginsWhereTheIntervalLeavesTheBand) {
  EXPECT_FALSE(told_apart(with_low(0.5999)));
  EXPECT_TRUE(told_apart(with_low(0.6001)));
  EXPECT_FALSE(told_apart(with_high(0.4001)));
  EXPECT_TRUE(told_apart(with_high(0.3999)));
  EXPECT_FALSE(told_apart(Auc{0.74, 0.58, 0.85, 20, 20})) << "far above, but few cells: the interval reaches .60";
  EXPECT_TRUE(told_apart(Auc{0.62, 0.605, 0.635, 4000, 4000})) << ".75 is no border";
  EXPECT_FALSE(told_apart(with_low(0.6001), 0.15));
}

TEST(AucGate, OneAucIsTheSameRuleAsManyOfOne) {
  for (double low = 0.5; low < 0.7; low += 0.0037) {
    const Auc one = with_low(low, 0.2);
    EXPECT_EQ(told_apart(one), told_apart(std::vector<Auc>{one}).front());
    EXPECT_EQ(told_apart(one), one.low > 0.6);
  }
}

TEST(AucGate, ManyAreHeldTogether) {
  // Each by itself just outside; fifteen of them: the smallest p must lie below .025 / 15.
  const std::vector<Auc> weak(15, with_low(0.601));
  for (const bool apart : told_apart(weak)) EXPECT_FALSE(apart);
  std::vector<Auc> one_plain = weak;
  one_plain[4] = with_low(0.7);
  const auto flags = told_apart(one_plain);
  for (std::size_t i = 0; i < flags.size(); ++i) EXPECT_EQ(flags[i], i == 4);
  EXPECT_TRUE(told_apart(std::vector<Auc>{}).empty());
}

TEST(AucGate, WithoutADeviationTheRuleOfThreeDecides) {
  EXPECT_TRUE(told_apart(Auc{1, 0.97, 1, 100, 100}));
  EXPECT_FALSE(told_apart(Auc{1, 0.55, 1, 6, 6}));
  EXPECT_TRUE(told_apart(Auc{0, 0, 0.03, 100, 100}));
}

TEST(AucGate, FewOfManyMixedPairsFail) {
  // 200 families of 15 mixed pairs, 300 cells a side: the whole family must pass in 95 % of them at least.
  Rng rng(3);
  int families = 0;
  for (int f = 0; f < 200; ++f) {
    std::vector<Auc> aucs;
    for (int p = 0; p < 15; ++p) {
      const double centre = logit(0.5) + 0.0945 * rng.normal();   // deviation of logit AUC at .5 with 300 and 300
      aucs.push_back({logistic(centre), logistic(centre - 1.96 * 0.0945), logistic(centre + 1.96 * 0.0945), 300, 300});
    }
    const auto flags = told_apart(aucs);
    families += std::none_of(flags.begin(), flags.end(), [](bool flag) { return flag; });
  }
  EXPECT_GE(families, 190);
}

TEST(AucGate, BelowChanceIsAnAlarmOfItsOwn) {
  EXPECT_LT(p_below_chance(with_high(0.45)), 0.0025);
  EXPECT_GT(p_below_chance(with_high(0.499, 0.3)), 0.0025);
  EXPECT_EQ(below_chance({0.001, 0.5, 0.9}), (std::vector<bool>{false, false, false})) << ".001 > .0025 / 3";
  EXPECT_EQ(below_chance({0.0001, 0.5, 0.9}), (std::vector<bool>{true, false, false}));
}

}  // namespace
}  // namespace geocyte::stats
