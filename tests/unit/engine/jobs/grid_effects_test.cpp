// SPDX-License-Identifier: GPL-3.0-or-later
// Main effects and interactions of planted grids: closed forms, laws, seeds and cells that are missing.
#include <gtest/gtest.h>

#include <cmath>
#include <functional>

#include "engine/core/rng.h"
#include "engine/jobs/grid_effects.h"

namespace geocyte::jobs {
namespace {

/// Score of cell (a, b, c) and seed; NaN = that run failed.
using Planted = std::function<double(int a, int b, int c, int seed)>;

/// a: on, off; b: 1, 2, 3; c: x, y. All cells, or those that `wanted` names; the first is the baseline.
GridReport planted(int seeds, const Planted& score, const std::function<bool(int, int, int)>& wanted = [](int, int, int) { return true; }) {
  const std::vector<std::vector<std::string>> levels{{"on", "off"}, {"1", "2", "3"}, {"x", "y"}};
  GridReport report;
  for (std::size_t f = 0; f < 3; ++f) {
    Factor& factor = report.factors.emplace_back();
    factor.name = std::string(1, static_cast<char>('a' + f));
    for (const std::string& name : levels[f]) factor.levels.push_back({name, Json::object()});
  }
  for (int a = 0; a < 2; ++a)
    for (int b = 0; b < 3; ++b)
      for (int c = 0; c < 2; ++c) {
        if (!wanted(a, b, c)) continue;
        ReportCell& cell = report.cells.emplace_back();
        cell.levels = {{"a", levels[0][static_cast<std::size_t>(a)]}, {"b", levels[1][static_cast<std::size_t>(b)]}, {"c", levels[2][static_cast<std::size_t>(c)]}};
        cell.baseline = report.cells.size() == 1;
        for (int seed = 0; seed < seeds; ++seed) {
          ReportRun& run = report.runs.emplace_back();
          run.cell = report.cells.size() - 1;
          run.seed = static_cast<std::uint64_t>(seed + 7);
          const double value = score(a, b, c, seed);
          run.standing = std::isnan(value) ? RunStanding::failed : RunStanding::finished;
          if (!std::isnan(value)) run.values["score"] = value;
        }
      }
  return report;
}

GridEffect effect_on(const GridReport& report, const Choice& levels) {
  for (GridEffect& one : GridEffects(report).of("score"))
    if (one.levels == levels) return one;
  ADD_FAILURE() << "there is no such effect";
  return {};
}

double additive(int a, int b, int c, int seed) { return 0.5 + 0.1 * a - 0.02 * b * b + 0.03 * c + 0.2 * seed; }

TEST(GridEffects, OfASumAreItsTermsAndNothingInteracts) {
  const GridReport report = planted(3, additive);
  const auto effects = GridEffects(report).of("score");
  ASSERT_EQ(effects.size(), 4U + 5U) << "a, two of b, c; a x b twice, a x c, b x c twice";
  const GridEffect a = effect_on(report, {{"a", "off"}}), b = effect_on(report, {{"b", "3"}});
  EXPECT_EQ(a.settings, 6U);
  EXPECT_EQ(b.settings, 4U);
  EXPECT_NEAR(a.effect->mean, 0.1, 1e-12);
  EXPECT_NEAR(*a.effect->high - *a.effect->low, 0, 1e-12) << "what a seed does to all is taken out";
  EXPECT_NEAR(b.effect->mean, -0.08, 1e-12);
  EXPECT_NEAR(a.mean.mean, 0.5 + 0.1 - 0.02 * 5 / 3 + 0.015 + 0.2, 1e-12);
  for (const GridEffect& one : effects)
    if (one.is_interaction()) {
      EXPECT_NEAR(one.effect->mean, 0, 1e-12) << effect_name(one);
    }
  EXPECT_TRUE(GridEffects(report).tell_more());
}

TEST(GridEffects, OfAProductInteractByWhatIsPlanted) {
  const GridReport report = planted(2, [](int a, int b, int c, int seed) { return additive(a, b, c, seed) + (a == 1 && b == 2 ? 0.4 + 0.1 * seed : 0); });
  const GridEffect both = effect_on(report, {{"a", "off"}, {"b", "3"}}), other = effect_on(report, {{"a", "off"}, {"c", "y"}}), a = effect_on(report, {{"a", "off"}});
  EXPECT_EQ(both.settings, 2U);
  EXPECT_NEAR(both.effect->mean, 0.45, 1e-12);
  EXPECT_NEAR(*both.effect->high - both.effect->mean, student_quantile(0.975, 1) * 0.1 / std::sqrt(2) / std::sqrt(2), 1e-9) << "sd of 0.4 and 0.5 over root 2";
  EXPECT_NEAR(other.effect->mean, 0, 1e-12);
  EXPECT_NEAR(a.effect->mean, 0.1 + 0.45 / 3, 1e-12) << "a third of the settings has it";
  EXPECT_NEAR(a.lowest, 0.1, 1e-12);
  EXPECT_NEAR(a.highest, 0.55, 1e-12);
}

TEST(GridEffects, OfTwoLevelsAreMeansOfDifferencesOfCells) {
  Rng rng(3);
  std::map<std::array<int, 4>, double> drawn;
  const GridReport report = planted(4, [&](int a, int b, int c, int seed) { return drawn[{a, b, c, seed}] = rng.normal(); });
  double sum = 0;
  for (int b = 0; b < 3; ++b)
    for (int c = 0; c < 2; ++c)
      for (int seed = 0; seed < 4; ++seed) sum += drawn[{1, b, c, seed}] - drawn[{0, b, c, seed}];
  EXPECT_NEAR(effect_on(report, {{"a", "off"}}).effect->mean, sum / 24, 1e-12);
}

TEST(GridEffects, TakeSeedsThatHaveEverySetting) {
  const GridReport report = planted(3, [](int a, int b, int c, int seed) { return a == 1 && b == 1 && c == 0 && seed == 2 ? std::nan("") : additive(a, b, c, seed); });
  EXPECT_EQ(effect_on(report, {{"a", "off"}}).effect->n, 2);
  EXPECT_EQ(effect_on(report, {{"b", "3"}}).effect->n, 3) << "its cells are all there";
  const GridReport none = planted(1, [](int a, int b, int c, int seed) { return a == 1 && b == 1 ? std::nan("") : additive(a, b, c, seed); });
  EXPECT_FALSE(effect_on(none, {{"a", "off"}}).effect);
  EXPECT_FALSE(effect_on(none, {{"b", "3"}}).effect->low) << "one seed has no interval";
  EXPECT_TRUE(sure_effects(none, "score").empty());
  EXPECT_TRUE(sure_effects(none, "no such score").empty());
}

TEST(GridEffects, TakeSettingsWhoseCellsArePlanned) {
  const GridReport holes = planted(2, additive, [](int a, int b, int c) { return !(a == 1 && b == 2 && c == 1); });
  EXPECT_EQ(effect_on(holes, {{"a", "off"}}).settings, 5U);
  EXPECT_EQ(effect_on(holes, {{"a", "off"}, {"b", "3"}}).settings, 1U);
  EXPECT_NEAR(effect_on(holes, {{"a", "off"}}).effect->mean, 0.1, 1e-12);
  const GridReport single = planted(2, additive, [](int a, int b, int c) { return (a > 0) + (b > 0) + (c > 0) <= 1; });
  EXPECT_FALSE(GridEffects(single).tell_more()) << "one factor at a time: the cells say it all";
  EXPECT_TRUE(sure_effects(single, "score").empty());
}

TEST(GridEffects, OfWhatTakesNoPartAreZeroToTheLastBit) {
  const GridReport report = planted(3, [](int a, int b, int, int seed) { return 1.0 / 3 + 0.1 * a + 0.7 / (b + 3) + 0.013 * seed; });   // c does nothing
  for (const GridEffect& one : GridEffects(report).of("score"))
    if (one.levels.contains("c") || one.is_interaction()) {
      EXPECT_EQ(one.effect->mean, 0) << effect_name(one);
      EXPECT_EQ(*one.effect->low, 0) << "rounding that is alike in every seed must not look certain";
    }
  for (const std::string& line : sure_effects(report, "score", 100)) EXPECT_EQ(line.find(" × "), std::string::npos) << line;
}

TEST(GridEffects, OfVeryLargeGridsAreNotMade) {
  GridReport report = planted(1, additive);
  for (std::size_t f = 0; f < kMostFactorsOfEffects; ++f) report.factors.push_back({"more" + std::to_string(f), {}});
  EXPECT_FALSE(GridEffects(report).tell_more());
  EXPECT_TRUE(effects_by_score(report).empty());
}

TEST(GridEffects, AreSaidLargestFirst) {
  const GridReport report = planted(3, [](int a, int b, int c, int seed) { return additive(a, b, c, seed) + 1e-4 * ((a + b + c + seed) % 2); });
  const auto lines = sure_effects(report, "score", 2);
  ASSERT_EQ(lines.size(), 2U);
  EXPECT_EQ(lines[0].find("a off: +0.10"), 0U) << lines[0];
  EXPECT_NE(lines[0].find("instead of on, 6 settings"), std::string::npos) << lines[0];
  EXPECT_EQ(lines[1].find("b 3: −0.0"), 0U) << lines[1];
}

}  // namespace
}  // namespace geocyte::jobs
