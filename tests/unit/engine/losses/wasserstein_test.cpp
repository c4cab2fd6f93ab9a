// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/losses/wasserstein.h"

#include <ATen/core/grad_mode.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/tensor.h>
#include <ATen/ops/zeros.h>

#include "engine/core/error.h"
#include "engine/losses/feature_matching.h"
#include "tests/unit/engine/losses/gradient_check.h"
#include "tests/unit/engine/losses/shared.h"

namespace geocyte::losses {
namespace {

const Groups kTwo(std::vector<std::int64_t>{0, 0, 1, 1, 1}, 2), kThree(std::vector<std::int64_t>{0, 0, 2, 1, -1}, 3);

TEST(WassersteinGap, OfTwoGroupsIsTheDifferenceOfTheirMeanScores) {
  EXPECT_EQ(critic_columns(kTwo), 1);
  const auto scores = matrix({{1}, {3}, {5}, {6}, {7}});
  EXPECT_NEAR(value_of(wasserstein_gap(scores, kTwo)), 6 - 2, 1e-14);            // what the encoder lowers
  EXPECT_NEAR(value_of(wasserstein_gap(scores + 100, kTwo)), 4, 1e-12);
  EXPECT_NEAR(value_of(wasserstein_gap(at::cat({scores, -scores}, 1), kTwo)), 0, 1e-14);   // the mean over scales
}

TEST(WassersteinGap, OfThreeGroupsSetsEachAgainstTheMeanOfTheOthers) {
  EXPECT_EQ(critic_columns(kThree), 3);
  // Column k scores group k by 1: inside 1, outside 0. Groups of 2, 1 and 1 cells count alike; the last cell is of none.
  const auto scores = matrix({{1, 0, 0}, {1, 0, 0}, {0, 0, 1}, {0, 1, 0}, {9, 9, 9}});
  EXPECT_NEAR(value_of(wasserstein_gap(scores, kThree)), 1, 1e-14);
  // Column 0 scores group 2 by 4: outside of group 0 that is 4/2; over three columns.
  auto other = at::zeros({5, 3}, at::kDouble);
  other[2][0] = 4;
  EXPECT_NEAR(value_of(wasserstein_gap(other, kThree)), -2.0 / 3, 1e-14);
  // A group without cells has no column that counts.
  const Groups missing(std::vector<std::int64_t>{0, 0, 2, -1, -1}, 3);
  EXPECT_NEAR(value_of(wasserstein_gap(scores, missing)), 1, 1e-14);
}

TEST(WassersteinGap, WeighsCellsAndHasItsGradient) {
  const auto scores = matrix({{1}, {3}, {5}, {6}, {7}});
  const auto weights = at::tensor({3.0, 1.0, 0.0, 1.0, 1.0}, at::kDouble);
  EXPECT_NEAR(value_of(wasserstein_gap(scores, kTwo, weights)), 6.5 - 1.5, 1e-14);
  expect_gradient([&](const at::Tensor& s) { return *wasserstein_gap(s, kThree, weights.flip(0) + 0.5).value; }, normal_matrix(5, 6, 1));
}

TEST(CriticLoss, OfALinearCriticIsKnownInClosedForm) {
  // f(z) = <w, z>: slope |w| everywhere, gap <w, m_0 - m_1>.
  const auto z = normal_matrix(5, 3, 2);
  const auto w = matrix({{1}, {2}, {2}});
  const auto loss = critic_loss([&](const at::Tensor& x) { return x.mm(w); }, z, kTwo, {.penalty = 10}, seeded(1));
  const double gap = (z.slice(0, 0, 2).mean(0) - z.slice(0, 2).mean(0)).dot(w.squeeze(1)).item<double>();
  EXPECT_NEAR(loss.gap.item<double>(), gap, 1e-13);
  EXPECT_NEAR(loss.penalty.item<double>(), 4, 1e-11);
  EXPECT_NEAR(value_of(loss.loss), gap + 40, 1e-10);
  EXPECT_NEAR(value_of(critic_loss([&](const at::Tensor& x) { return x.mm(w); }, z, kTwo, {.penalty = 0}, seeded(1)).loss), gap, 1e-13);
}

TEST(CriticLoss, HoldsTheSlopeOfALinearCriticNearOneSoThatItsGapIsTheDistance) {
  // On one axis, groups at 0 and 3: -3 w + 10 (w - 1)^2 is lowest at w = 1.15, where the gap is 3.45.
  const auto z = matrix({{0}, {0}, {3}, {3}, {3}});
  const Loss loss = [&](const at::Tensor& w) { return *critic_loss([&](const at::Tensor& x) { return x.mm(w); }, z, kTwo, {}, seeded(1)).loss.value; };
  EXPECT_LT(largest(gradient_of(loss, matrix({{1.15}}))), 1e-9);
  EXPECT_GT(gradient_of(loss, matrix({{1.3}})).item<double>(), 0);
}

TEST(CriticLoss, GradientOfTheSecondDerivativeAgreesWithCentralDifferences) {
  const auto z = normal_matrix(5, 3, 3);
  const auto v = normal_matrix(4, 6, 4);
  for (const auto* groups : {&kTwo, &kThree})
    for (const double penalty : {0.0, 10.0}) {
      // Two scales for two groups, as many columns as for three.
      const auto columns = critic_columns(*groups) * 2;
      const Loss loss = [&](const at::Tensor& w) {
        const CriticFunction critic = [&](const at::Tensor& x) { return x.mm(w).tanh().mm(v.slice(1, 0, columns)); };
        return *critic_loss(critic, z, *groups, {.penalty = penalty, .interpolated = 12}, seeded(5)).loss.value;
      };
      expect_gradient(loss, normal_matrix(3, 4, 6), 1e-6);
    }
}

TEST(CriticLoss, DrawsFromItsGeneratorAloneAndLeavesTheEmbeddingWithoutGradient) {
  const auto z = normal_matrix(5, 3, 7).requires_grad_(true);
  const auto w = normal_matrix(3, 1, 8).requires_grad_(true);
  const CriticFunction critic = [&](const at::Tensor& x) { return x.mm(w).pow(3); };
  const auto a = critic_loss(critic, z, kTwo, {}, seeded(1)), b = critic_loss(critic, z, kTwo, {}, seeded(1)), c = critic_loss(critic, z, kTwo, {}, seeded(2));
  EXPECT_EQ(value_of(a.loss), value_of(b.loss));
  EXPECT_NE(value_of(a.loss), value_of(c.loss));
  a.loss.value->backward();
  EXPECT_FALSE(z.grad().defined());
  EXPECT_GT(largest(w.grad()), 0);
}

TEST(CriticLoss, IsFiniteForAFlatCriticAndSaysWhatItNeeds) {
  const auto z = normal_matrix(5, 3, 9);
  expect_finite([&](const at::Tensor& w) { return *critic_loss([&](const at::Tensor& x) { return x.mm(w); }, z, kTwo, {}, seeded(1)).loss.value; }, at::zeros({3, 1}, at::kDouble));
  const CriticFunction plain = [](const at::Tensor& x) { return x.slice(1, 0, 1); };
  const auto absent = critic_loss(plain, z, Groups(std::vector<std::int64_t>{1, 1, 1, 1, -1}, 2), {}, seeded(1));
  EXPECT_EQ(absent.loss.why_absent, "the cells of the batch are not of two groups, so there is no gap");
  EXPECT_THROW(critic_loss([](const at::Tensor& x) { return x.slice(1, 0, 2); }, z, kThree, {}, seeded(1)), Error);
  const c10::NoGradGuard no_gradient;
  EXPECT_THROW(critic_loss(plain, z, kTwo, {}, seeded(1)), Error);
}

TEST(FeatureMatching, OfTwoGroupsIsAQuarterOfTheirSquaredDistance) {
  // Means 0 and (2, 4): both lie half their distance from the middle; mean over two dimensions.
  const auto feature = matrix({{1, 1}, {-1, -1}, {2, 4}, {2, 4}, {2, 4}});
  EXPECT_NEAR(value_of(feature_matching(std::vector{feature}, kTwo)), (4 + 16) / 4.0 / 2, 1e-14);
  EXPECT_NEAR(value_of(feature_matching(std::vector{feature, at::zeros({5, 7}, at::kDouble)}, kTwo)), (4 + 16) / 4.0 / 4, 1e-14);
}

TEST(FeatureMatching, IsZeroForEqualMeansAndCountsGroupsAlike) {
  const auto row = normal_matrix(1, 4, 1).expand({5, 4});
  EXPECT_NEAR(value_of(feature_matching(std::vector{row}, kThree)), 0, 1e-30);
  const auto x = normal_matrix(5, 4, 2);
  const auto repeated = at::cat({x, x.slice(0, 2, 3), x.slice(0, 2, 3)});
  EXPECT_NEAR(value_of(feature_matching(std::vector{repeated}, Groups(std::vector<std::int64_t>{0, 0, 2, 1, -1, 2, 2}, 3))), value_of(feature_matching(std::vector{x}, kThree)), 1e-14);
}

TEST(FeatureMatching, GradientAgreesWithCentralDifferences) {
  const auto w = normal_matrix(3, 4, 3), weights = at::tensor({0.2, 1.0, 1.0, 2.0, 1.0}, at::kDouble);
  const Loss loss = [&](const at::Tensor& z) { return *feature_matching(std::vector{z.mm(w).tanh(), z}, kThree, weights).value; };
  expect_gradient(loss, normal_matrix(5, 3, 4));
  EXPECT_EQ(largest(gradient_of(loss, normal_matrix(5, 3, 4)).select(0, 4)), 0);
  EXPECT_FALSE(feature_matching({}, kTwo));
  EXPECT_FALSE(feature_matching(std::vector{normal_matrix(5, 3, 4)}, Groups(std::vector<std::int64_t>{0, 0, 0, 0, 0}, 2)));
  EXPECT_THROW(feature_matching(std::vector{normal_matrix(4, 3, 4)}, kTwo), Error);
}

}  // namespace
}  // namespace geocyte::losses
