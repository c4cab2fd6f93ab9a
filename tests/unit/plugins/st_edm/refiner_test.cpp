// SPDX-License-Identifier: GPL-3.0-or-later
// The refiner's network and its skill panel on their own.
#include <cmath>

#include <ATen/Functions.h>
#include <ATen/TensorOperators.h>
#include <gtest/gtest.h>
#include <torch/optim/adam.h>

#include "engine/nn/generator.h"
#include "engine/optim/schedule.h"
#include "plugins/st_edm/geometry_scores.h"
#include "plugins/st_edm/refinement.h"
#include "plugins/st_edm/skill.h"
#include "tests/unit/plugins/st_edm/normal.h"

namespace geocyte::plugins::st_edm {
namespace {

constexpr std::uint64_t kRefinerSteps = 300;

RefineOptions small_refiner() {
  RefineOptions options;
  options.width = 4;
  options.points = 8;
  return options;
}

/// A set of which the residual is known from the features alone, up to a little noise.
RefineSets known_from_features(std::int64_t n, std::uint64_t seed) {
  const at::Tensor features = normal({1, n, 6}, seed);
  return {normal({1, n, 2}, seed + 1), features, 0.3 * features.narrow(2, 0, 2) + 0.03 * normal({1, n, 2}, seed + 2)};
}


TEST(ScoreNet, OfCellsInAnotherOrderGivesTheSameInThatOrder) {
  const at::NoGradGuard none;
  const ScoreNet net(6, 2, small_refiner(), nn::make_generator(1), at::kFloat);
  const at::Tensor base = normal({2, 30, 2}, 2), features = normal({2, 30, 6}, 3), x = normal({2, 30, 2}, 4), own = normal({2, 30, 2}, 5), level = normal({2}, 6);
  const at::Tensor there = net->forward(base, features, x, own, level), back = net->forward(base.flip(1), features.flip(1), x.flip(1), own.flip(1), level);
  EXPECT_LE((there.flip(1) - back).abs().max().item<double>(), 1e-5);
}

TEST(Skill, ANetworkThatOutputsNothingHasNoneAndIsToldSo) {
  Refiner nothing(small_refiner(), 6, 2, 0.3, nn::make_generator(1), at::kFloat);
  for (at::Tensor& parameter : nothing.network()->parameters()) parameter.set_data(at::zeros_like(parameter));
  const RefineSets set = known_from_features(80, 10);
  const SkillPanel panel = skill_panel(nothing, {set}, "toy", {200, 3, {}});
  ASSERT_EQ(panel.levels.size(), std::size(kSkillLevels));
  for (const SkillLevel& level : panel.levels) {
    EXPECT_NEAR(level.ratio, 1, 1e-5);
    EXPECT_NEAR(level.f_ratio, 0, 1e-5);
    // rms of c_skip x over that of R, the do-nothing table of the seed in units of sigma_data
    EXPECT_NEAR(level.scale, 1 / std::sqrt(1 + level.sigma * level.sigma), 0.05);
  }
  const store::Verdict verdict = skill_verdict(panel);
  EXPECT_EQ(verdict.state, "bad");
  EXPECT_NE(verdict.headline.find("No skill"), std::string::npos);
}

TEST(Skill, ToKnowTheGeneratorIsSkillWhereWholePlacesAreDenoised) {
  // A network that outputs the base denoises places that lie near the base; about the residual that would be to output nothing.
  RefineOptions options = small_refiner();
  options.target = "places";
  Refiner refiner(options, 6, 2, 1, nn::make_generator(1), at::kFloat);
  const RefineSets residual = known_from_features(80, 10);
  const RefineSets set{residual.base, residual.features, residual.truth(), residual.truth()};
  EXPECT_TRUE(refiner.offset(set).equal(at::zeros_like(set.base)));
  for (at::Tensor& parameter : refiner.network()->parameters()) parameter.set_data(at::zeros_like(parameter));
  for (const SkillLevel& level : skill_panel(refiner, {set}, "toy", {200, 3, {}}).levels) {
    EXPECT_NEAR(level.ratio, 1, 1e-5);
    EXPECT_NEAR(level.generator, 1 - mean_of(row_spearman(set.base[0], set.truth()[0])), 1e-6);
  }
  // From the base, without noise to speak of, doing nothing leaves the base; with nothing known it answers 0.
  EXPECT_LT((refiner.refined(set, 0.01, 3) - set.base[0]).abs().max().item<double>(), 0.01);
  EXPECT_LT(refiner.placed(set, 3).abs().max().item<double>(), 1e-4);
  const at::Tensor drawn = refiner.sample(set, 2, 0.05, true, 4, {});
  EXPECT_LT((drawn - set.base).abs().max().item<double>(), 0.5);
}

TEST(Skill, OfAResidualThatExpressionTellsIsFoundAndRefinedPlacesBeatTheGenerator) {
  Refiner refiner(small_refiner(), 6, 2, 0.3, nn::make_generator(2), at::kFloat);
  torch::optim::Adam optimizer(refiner.network()->parameters(), torch::optim::AdamOptions(1e-2));
  for (std::uint64_t step = 0; step < kRefinerSteps; ++step) {
    optim::set_learning_rate(optimizer, 1e-2 * (1 - static_cast<double>(step) / kRefinerSteps));
    const at::Tensor sigma = 0.3 * (1.5 * normal({1}, step)).exp();
    optimizer.zero_grad();
    refiner.loss(known_from_features(64, 1000 + 10 * step), sigma, step % 2 == 0, nn::make_generator(step)).denoising.backward();
    optimizer.step();
  }
  const SkillPanel panel = skill_panel(refiner, {known_from_features(200, 7)}, "toy", {200, 3, {}});
  for (const SkillLevel& level : panel.levels) {
    if (level.sigma < 0.5) continue;
    EXPECT_LT(level.high, 0.6) << level.sigma;
    EXPECT_LT(level.refined, level.generator) << level.sigma;
    EXPECT_GT(level.gain_low, 0) << level.sigma;
    EXPECT_NEAR(level.scale, level.ceiling, 0.1) << level.sigma;
  }
  EXPECT_EQ(skill_verdict(panel).state, "good");

  // Reference alignment-and-spatial.md, row 12: at sigma 2.4 (in radii) NMSE <= .08 and scale in [.9, 1.1].
  const at::NoGradGuard none;
  const RefineSets set = known_from_features(200, 8);
  const at::Tensor truth = set.base + set.clean, x = set.clean + 2.4 * normal({1, 200, 2}, 9);
  const at::Tensor refined = set.base + refiner.denoise(set, x, at::full({1}, 2.4));
  EXPECT_LE(((refined - truth).square().sum() / truth.square().sum()).item<double>(), 0.08);
  EXPECT_NEAR((refined.square().sum() / truth.square().sum()).sqrt().item<double>(), 1, 0.1);
}

}  // namespace
}  // namespace geocyte::plugins::st_edm
