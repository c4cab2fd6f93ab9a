// SPDX-License-Identifier: GPL-3.0-or-later
// What a refiner must do to be used: gain distances, keep neighbours, denoise.
#include "plugins/st_edm/acceptance.h"

#include <tuple>
#include <utility>

#include <ATen/Functions.h>
#include <ATen/TensorOperators.h>
#include <gtest/gtest.h>

#include "engine/nn/generator.h"

namespace geocyte::plugins::st_edm {
namespace {

constexpr std::int64_t kCells = 80;

at::Tensor normal_places(std::uint64_t seed) { return at::empty({kCells, 2}, at::kFloat).normal_(0, 1, nn::make_generator(seed)); }
at::Tensor tissue(std::uint64_t seed) { return at::empty({kCells, 2}, at::kFloat).uniform_(-1, 1, nn::make_generator(seed)); }

/// Each quarter of the tissue is whole, but the quarters are exchanged: neighbours are kept, far distances are not.
at::Tensor quarters_exchanged(const at::Tensor& truth) {
  const at::Tensor right = truth.select(1, 0).gt(0).to(at::kFloat), upper = truth.select(1, 1).gt(0).to(at::kFloat);
  const at::Tensor x = truth.select(1, 0) - right * 2 * upper, y = truth.select(1, 1) + right * (1 - 2 * upper);
  return at::stack({x, y}, 1);
}

/// Shows what it is told to.
class Told : public Denoiser {
 public:
  explicit Told(at::Tensor places) : places_(std::move(places)) {}
  double sigma_data() const override { return 1; }
  LiveAxes live() const override { return {2, 1}; }
  at::Tensor denoise(const RefineSets&, const at::Tensor& x, const at::Tensor&, const at::Tensor&) const override { return x; }
  at::Tensor refined(const RefineSets& set, double, std::uint64_t seed) const override { return placed(set, seed); }
  at::Tensor placed(const RefineSets&, std::uint64_t) const override { return places_; }

 private:
  at::Tensor places_;
};

SkillPanel panel_with(double low, double high) {
  SkillPanel panel;
  for (const double sigma : kSkillLevels) {
    SkillLevel level;
    level.sigma = sigma;
    level.low = level.high = level.ratio = 1;
    if (sigma == 1.2) std::tie(level.low, level.ratio, level.high) = std::tuple(low, (low + high) / 2, high);
    panel.levels.push_back(level);
  }
  return panel;
}

Acceptance judged(const at::Tensor& truth, const at::Tensor& generator, const at::Tensor& refined, const SkillPanel& panel = panel_with(0.8, 0.9), bool missed = true) {
  const RefineSets set{generator.unsqueeze(0), {}, (truth - generator).unsqueeze(0), {}};
  return judge(shown_as_given(Told(refined), {set}, 1), panel, missed, 1);
}

TEST(Acceptance, OfOneThatGainsDistancesAndNeighbours) {
  const at::Tensor truth = tissue(1);
  const Acceptance acceptance = judged(truth, truth + 0.5 * normal_places(2), truth + 0.1 * normal_places(3));
  EXPECT_GT(acceptance.far.low, 0);
  EXPECT_GT(acceptance.near.low, 0);
  EXPECT_EQ(acceptance.cells, kCells);
  EXPECT_TRUE(acceptance.accepted);
  EXPECT_EQ(acceptance_verdict(acceptance).state, "good");
}

TEST(Acceptance, OneThatGainsDistancesAndLosesNeighboursIsRefused) {
  const at::Tensor truth = tissue(4);
  const Acceptance acceptance = judged(truth, quarters_exchanged(truth), truth + 0.3 * normal_places(5));
  EXPECT_GT(acceptance.far.low, 0) << "distances do gain";
  EXPECT_LT(acceptance.near.high, 0) << "neighbours are lost";
  EXPECT_FALSE(acceptance.accepted);
  EXPECT_NE(acceptance_verdict(acceptance).evidence.find("Refused: true neighbours may be lost."), std::string::npos) << acceptance_verdict(acceptance).evidence;
}

TEST(Acceptance, OneThatDoesNothingIsRefused) {
  const at::Tensor truth = tissue(6), generator = truth + 0.5 * normal_places(7);
  const Acceptance nothing = judged(truth, generator, generator, panel_with(1, 1));
  EXPECT_EQ(nothing.far.value, 0);
  EXPECT_EQ(nothing.near.value, 0);
  EXPECT_FALSE(nothing.accepted);
  EXPECT_FALSE(judged(truth, generator, generator).accepted) << "even if it denoises";
}

TEST(Acceptance, NeedsThatItDenoisesAndHarmsAtNoLevel) {
  const at::Tensor truth = tissue(8), generator = truth + 0.5 * normal_places(9), refined = truth + 0.1 * normal_places(10);
  EXPECT_TRUE(judged(truth, generator, refined, panel_with(0.8, 0.99)).accepted);
  EXPECT_FALSE(judged(truth, generator, refined, panel_with(0.9, 1.1)).accepted) << "its interval holds 1";
  SkillPanel harms = panel_with(0.8, 0.9);
  harms.levels.front().low = 1.01;
  EXPECT_FALSE(judged(truth, generator, refined, harms).accepted);
  harms.levels.front().low = 1;
  harms.levels.back().low = 1.01;
  EXPECT_TRUE(judged(truth, generator, refined, harms).accepted) << "4.8 is above the levels that are looked at";
}

TEST(Acceptance, OnSlidesThatEveryNetworkHasLearnedIsNone) {
  const at::Tensor truth = tissue(11);
  const Acceptance acceptance = judged(truth, truth + 0.5 * normal_places(12), truth + 0.1 * normal_places(13), panel_with(0.8, 0.9), false);
  EXPECT_TRUE(acceptance.gains_far() && acceptance.keeps_near());
  EXPECT_FALSE(acceptance.accepted);
  EXPECT_NE(acceptance_verdict(acceptance).evidence.find("no network has missed"), std::string::npos);
}

TEST(Acceptance, WithoutCellsNothingIsAccepted) {
  const Acceptance acceptance = judge({}, panel_with(0.8, 0.9), true, 1);
  EXPECT_FALSE(acceptance.accepted);
  EXPECT_NE(acceptance_verdict(acceptance).evidence.find("No slide has enough validation cells"), std::string::npos);
}

}  // namespace
}  // namespace geocyte::plugins::st_edm
