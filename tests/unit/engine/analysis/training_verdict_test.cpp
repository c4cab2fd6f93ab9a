// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/analysis/training_verdict.h"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>

#include "engine/core/error.h"
#include "engine/core/rng.h"

namespace geocyte::analysis {
namespace {

LossHistory history_of(int steps, const std::function<double(double)>& total, double noise = 0.02, double share = 0.4) {
  LossHistory history;
  Rng rng(5);
  for (int i = 1; i <= steps; ++i) {
    const double value = total(static_cast<double>(i)) + noise * rng.normal();
    history.step.push_back(i);
    history.total.push_back(value);
    history.weighted["vicreg"].push_back(share * value);
    history.weighted["coral"].push_back((1 - share) / 2 * value);
    history.weighted["adversary"].push_back((1 - share) / 2 * value);
  }
  return history;
}

TEST(TrainingVerdict, AFallingLossIsLearning) {
  // Quarters of the last 2,000 steps have medians 2 - 2250.5/4000 and 2 - 3750.5/4000: a fall of 26 %.
  const auto verdict = training_verdict(history_of(4000, [](double step) { return 2 - step / 4000; }));
  EXPECT_EQ(verdict.state, "good");
  EXPECT_EQ(verdict.headline, "Learning.");
  EXPECT_EQ(verdict.workspace, "monitor");
  EXPECT_EQ(verdict.evidence, "Total loss fell 26 % in the last 2 000 steps; no term above 40 % of the sum.");
}

TEST(TrainingVerdict, AFlatLossIsNotLearning) {
  EXPECT_EQ(training_verdict(history_of(3000, [](double) { return 1.0; })).headline, "Not learning.");
  EXPECT_EQ(training_verdict(history_of(
                                 3000, [](double) { return 1.0; }, 0))
                .headline,
            "Not learning.");
}

TEST(TrainingVerdict, NoiseAloneIsNoFall) {
  int wrong = 0;
  for (std::uint64_t seed = 0; seed < 40; ++seed) {
    Rng rng(seed);
    wrong += training_verdict(history_of(400, [&](double) { return 1 + 0.5 * rng.normal(); })).headline == "Learning.";
  }
  EXPECT_LE(wrong, 2);
}

TEST(TrainingVerdict, AnEarlyFallThenAPlateauHasLevelledOff) {
  const auto verdict = training_verdict(history_of(6000, [](double step) { return 1 + 3 * std::exp(-step / 300); }));
  EXPECT_EQ(verdict.headline, "Levelled off.");
  EXPECT_EQ(verdict.state, "neutral");
}

TEST(TrainingVerdict, ARisingLossIsSaid) {
  EXPECT_EQ(training_verdict(history_of(1000, [](double step) { return 1 + step / 1000; })).headline,
            "The loss is rising.");
}

TEST(TrainingVerdict, AWarmUpIsNoRise) {
  // The total climbs while a weight ramps up to step 300, and falls from there on.
  auto history = history_of(600, [](double step) { return step < 300 ? 1 + step / 100 : 4 - (step - 300) / 500; });
  EXPECT_EQ(training_verdict(history).headline, "The loss is rising.");
  history.comparable_from = 300;
  EXPECT_EQ(training_verdict(history).headline, "Learning.");
  history.comparable_from = 595;
  EXPECT_EQ(training_verdict(history).headline, "Warming up.");
}

TEST(TrainingVerdict, OneTermDominates) {
  const auto verdict = training_verdict(history_of(
      1000, [](double step) { return 2 - step / 1000; }, 0.02, 0.93));
  EXPECT_EQ(verdict.headline, "One term dominates.");
  EXPECT_NE(verdict.evidence.find("vicreg makes up 93 % of the sum; total loss fell"), std::string::npos)
      << verdict.evidence;
}

TEST(TrainingVerdict, ScaleChangesNothing) {
  for (const auto& curve :
       {std::function<double(double)>([](double step) { return 2 - step / 4000; }), {[](double) { return 1.0; }}}) {
    auto history = history_of(3000, curve);
    const auto before = training_verdict(history);
    for (auto& value : history.total) value *= 1000;
    for (auto& [name, values] : history.weighted)
      for (auto& value : values) value *= 1000;
    EXPECT_EQ(training_verdict(history).evidence, before.evidence);
  }
}

TEST(TrainingVerdict, NegativeLossesAreGivenAsNumbers) {
  const auto verdict = training_verdict(history_of(
      1000, [](double step) { return -step / 1000; }, 0.01));
  EXPECT_EQ(verdict.headline, "Learning.");
  EXPECT_NE(verdict.evidence.find("fell from -0.1"), std::string::npos) << verdict.evidence;
}

TEST(TrainingVerdict, FewStepsAreTooEarlyAndNanIsDiverged) {
  EXPECT_EQ(training_verdict({}).headline, "Too early to tell.");
  EXPECT_EQ(training_verdict(history_of(10, [](double step) { return 1 / step; })).headline, "Too early to tell.");
  auto history = history_of(100, [](double) { return 1.0; });
  history.total.back() = std::nan("");
  EXPECT_EQ(training_verdict(history).state, "bad");
  EXPECT_EQ(training_verdict(history).headline, "Diverged.");
  history.step.pop_back();
  EXPECT_THROW(training_verdict(history), Error);
}

}  // namespace
}  // namespace geocyte::analysis
