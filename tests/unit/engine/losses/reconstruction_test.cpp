// SPDX-License-Identifier: GPL-3.0-or-later
#include <ATen/ops/from_blob.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/tensor.h>
#include <ATen/ops/zeros.h>
#include <torch/csrc/autograd/autograd.h>

#include "engine/core/error.h"
#include "engine/losses/count_likelihood.h"
#include "engine/losses/score_reconstruction.h"
#include "tests/unit/engine/losses/gradient_check.h"
#include "tests/unit/engine/losses/shared.h"

namespace geocyte::losses {
namespace {

constexpr auto kPoisson = CountModel::poisson;
const Groups kTwo(std::vector<std::int64_t>{0, 0, 0, 1}, 2);

at::Tensor some_counts() { return matrix({{0, 3, 1}, {5, 0, 2}, {0, 0, 4}, {1, 1, 0}}); }
at::Tensor some_dispersion() { return matrix({{0.3, -0.5, 1.2}}); }

TEST(GroupWeights, CountGroupsAlikeAndSumToOne) {
  const Groups groups(std::vector<std::int64_t>{0, 0, 0, 1, -1}, 3);
  const auto like = at::zeros({1}, at::kDouble);
  EXPECT_TRUE(group_weights(groups, like).allclose(at::tensor({1 / 6.0, 1 / 6.0, 1 / 6.0, 0.5, 0.0}, at::kDouble)));
  EXPECT_TRUE(group_weights(groups, like, Balance::by_cell).allclose(at::tensor({0.25, 0.25, 0.25, 0.25, 0.0}, at::kDouble)));
  const auto u = at::tensor({3.0, 1.0, 0.0, 5.0, 7.0}, at::kDouble);
  EXPECT_TRUE(group_weights(groups, like, Balance::by_group, u).allclose(at::tensor({0.375, 0.125, 0.0, 0.5, 0.0}, at::kDouble)));
  EXPECT_TRUE(group_weights(groups, like, Balance::by_cell, u).allclose(at::tensor({3 / 9.0, 1 / 9.0, 0.0, 5 / 9.0, 0.0}, at::kDouble)));
  // A group whose weights are all 0 is left out, as an empty one is.
  EXPECT_TRUE(group_weights(groups, like, Balance::by_group, at::tensor({1.0, 1.0, 2.0, 0.0, 1.0}, at::kDouble))
                  .allclose(at::tensor({0.25, 0.25, 0.5, 0.0, 0.0}, at::kDouble)));
  EXPECT_EQ(largest(group_weights(Groups(std::vector<std::int64_t>{-1}, 2), like)), 0);
}

TEST(CountLikelihood, OfOneGeneIsKnownInClosedForm) {
  // One gene takes the whole library, so mu = x. With t = 1 the law is geometric: p = 1/(1 + mu), p(x) = p (1 - p)^x.
  const Groups one(std::vector<std::int64_t>{0}, 1);
  const double nb = value_of(count_likelihood(matrix({{0.7}}), matrix({{3}}), matrix({{0}}), one));
  EXPECT_NEAR(nb, -std::log(0.25) - 3 * std::log(0.75), 1e-13);
  const double poisson = value_of(count_likelihood(matrix({{0.7}}), matrix({{3}}), {}, one, {.model = kPoisson}));
  EXPECT_NEAR(poisson, 3 - 3 * std::log(3.0) + std::log(6.0), 1e-13);
}

TEST(CountLikelihood, EqualsTheDistributionsOfScipy) {
  // scipy 1.16: -nbinom.logpmf(x, t, t / (t + mu)) and -poisson.logpmf(x, mu), weights 1/6, 1/6, 1/6, 1/2, mean over genes.
  const auto logits = wave_matrix(4, 3, 0.2);
  EXPECT_NEAR(value_of(count_likelihood(logits, some_counts(), some_dispersion(), kTwo)), 1.706212244193193, 1e-13);
  EXPECT_NEAR(value_of(count_likelihood(logits, some_counts(), {}, kTwo, {.model = kPoisson})), 1.7950854860646288, 1e-13);
  EXPECT_NEAR(value_of(count_likelihood(logits, some_counts(), some_dispersion(), kTwo, {.balance = Balance::by_cell})), 1.7874169616069226, 1e-13);
}

TEST(CountLikelihood, BecomesPoissonWhereTheDispersionVanishes) {
  const auto logits = wave_matrix(4, 3, 0.4);
  const auto almost = at::zeros({1, 3}, at::kDouble) + std::log(1e7);
  EXPECT_NEAR(value_of(count_likelihood(logits, some_counts(), almost, kTwo)), value_of(count_likelihood(logits, some_counts(), {}, kTwo, {.model = kPoisson})), 1e-6);
}

TEST(CountLikelihood, DoesNotChangeWhenLogitsAreMovedAndTheConstantHasNoGradient) {
  const auto logits = wave_matrix(4, 3, 0.4);
  const double value = value_of(count_likelihood(logits, some_counts(), some_dispersion(), kTwo));
  EXPECT_NEAR(value_of(count_likelihood(logits + normal_matrix(4, 1, 1), some_counts(), some_dispersion(), kTwo)), value, 1e-13);
  const auto gradient = [&](bool constant) {
    return gradient_of([&](const at::Tensor& l) { return *count_likelihood(l, some_counts(), some_dispersion(), kTwo, {.with_constant = constant}).value; }, logits);
  };
  EXPECT_TRUE(gradient(true).equal(gradient(false)));
}

TEST(CountLikelihood, IsLowestWherePredictedSharesAreThoseOfTheCounts) {
  const auto counts = matrix({{6, 3, 1}});
  const Groups one(std::vector<std::int64_t>{0}, 1);
  for (const auto model : {kPoisson, CountModel::negative_binomial}) {
    const auto gradient = gradient_of([&](const at::Tensor& l) { return *count_likelihood(l, counts, some_dispersion(), one, {.model = model}).value; }, counts.log());
    EXPECT_LT(largest(gradient), 1e-14);
  }
}

TEST(CountLikelihood, GradientsAgreeWithCentralDifferences) {
  const auto logits = wave_matrix(4, 3, 0.2);
  expect_gradient([](const at::Tensor& l) { return *count_likelihood(l, some_counts(), some_dispersion(), kTwo).value; }, logits);
  expect_gradient([](const at::Tensor& l) { return *count_likelihood(l, some_counts(), {}, kTwo, {.model = kPoisson}).value; }, logits);
  expect_gradient([&](const at::Tensor& t) { return *count_likelihood(logits, some_counts(), t, kTwo).value; }, some_dispersion());
  const auto by_group = wave_matrix(2, 3, 0.9);
  expect_gradient([&](const at::Tensor& t) { return *count_likelihood(logits, some_counts(), t, kTwo).value; }, by_group);
  expect_gradient([&](const at::Tensor& l) { return *count_likelihood(l, some_counts(), by_group, kTwo).value; }, logits);
}

TEST(CountLikelihood, IsFiniteInSinglePrecisionForDeepCellsAndExtremeDispersions) {
  const auto counts = (some_counts() * 20000).to(at::kFloat);
  const auto logits = (30 * wave_matrix(4, 3, 0.2)).to(at::kFloat);
  for (const double log_t : {-7.0, 9.0}) {
    const auto dispersion = (at::zeros({1, 3}, at::kDouble) + log_t).to(at::kFloat);
    expect_finite([&](const at::Tensor& l) { return *count_likelihood(l, counts, dispersion, kTwo).value; }, logits);
    expect_finite([&](const at::Tensor& t) { return *count_likelihood(logits, counts, t, kTwo).value; }, dispersion);
    const double exact = value_of(count_likelihood(logits.to(at::kDouble), counts.to(at::kDouble), dispersion.to(at::kDouble), kTwo));
    EXPECT_NEAR(value_of(count_likelihood(logits, counts, dispersion, kTwo)), exact, 2e-5 * std::abs(exact));
  }
}

TEST(CountLikelihood, GivesAnEmptyCellNoWeightAndIsAbsentWithoutCounts) {
  auto counts = some_counts();
  counts.select(0, 1).zero_();
  const auto gradient = gradient_of([&](const at::Tensor& l) { return *count_likelihood(l, counts, some_dispersion(), kTwo).value; }, wave_matrix(4, 3, 0.2));
  EXPECT_EQ(largest(gradient.select(0, 1)), 0);
  EXPECT_GT(largest(gradient.select(0, 0)), 0);
  const auto none = count_likelihood(wave_matrix(4, 3, 0.2), at::zeros({4, 3}, at::kDouble), some_dispersion(), kTwo);
  EXPECT_FALSE(none);
  EXPECT_EQ(none.why_absent, "no cell of the batch has counts");
}

TEST(CountLikelihood, RefusesOtherShapesAndASecondDerivative) {
  EXPECT_THROW(count_likelihood(wave_matrix(4, 2, 0), some_counts(), some_dispersion(), kTwo), Error);
  EXPECT_THROW(count_likelihood(wave_matrix(4, 3, 0), some_counts(), matrix({{1, 2}}), kTwo), Error);
  EXPECT_THROW(count_likelihood(wave_matrix(4, 3, 0), some_counts(), at::zeros({3, 3}, at::kDouble), kTwo), Error);
  const auto logits = wave_matrix(4, 3, 0.2).requires_grad_(true);
  EXPECT_THROW(torch::autograd::grad({*count_likelihood(logits, some_counts(), some_dispersion(), kTwo).value}, {logits}, {}, std::nullopt, true), Error);
}

TEST(ProfileLogits, AreTheMeanProfileOfTheGroup) {
  const auto logits = profile_logits(some_counts(), kTwo);
  EXPECT_NEAR(logits[0][0].item<double>(), std::log(5.5 / 16.5), 1e-14);
  EXPECT_NEAR(logits[1][2].item<double>(), std::log(7.5 / 16.5), 1e-14);
  EXPECT_NEAR(logits[3][1].item<double>(), std::log(1.5 / 3.5), 1e-14);
  const auto strange = profile_logits(some_counts(), Groups(std::vector<std::int64_t>{0, 0, 0, -1}, 2));
  EXPECT_NEAR(strange[3][0].item<double>(), std::log(6.5 / 18.5), 1e-14);
}

TEST(ScoreReconstruction, OfKnowingNothingIsTheVarianceOfTheScores) {
  const Groups groups(std::vector<std::int64_t>{0, 0, 0, 1}, 2);
  const auto scores = matrix({{1, 0}, {0, 2}, {1, 1}, {3, 1}});
  // Mean squares of the cells 1/2, 2, 1 and 5: (7/6 + 5) / 2.
  EXPECT_NEAR(value_of(score_reconstruction(at::zeros({4, 2}, at::kDouble), scores, groups)), (3.5 / 3 + 5) / 2, 1e-14);
  EXPECT_NEAR(value_of(score_reconstruction(at::zeros({4, 2}, at::kDouble), scores, groups, Balance::by_cell)), 8.5 / 4, 1e-14);
  EXPECT_EQ(value_of(score_reconstruction(scores, scores, groups)), 0);
}

TEST(ScoreReconstruction, CountsAGroupOnceHoweverOftenItsCellsAreRepeated) {
  const auto y = normal_matrix(3, 2, 1), predicted = normal_matrix(3, 2, 2);
  const Groups once(std::vector<std::int64_t>{0, 1, 2}, 3);
  const std::vector<std::int64_t> labels{0, 1, 1, 1, 2, 2};
  const Groups repeated(labels, 3);
  const auto rows = repeated.label_tensor();
  EXPECT_NEAR(value_of(score_reconstruction(predicted.index_select(0, rows), y.index_select(0, rows), repeated)), value_of(score_reconstruction(predicted, y, once)), 1e-14);
}

TEST(ScoreReconstruction, GradientAgreesWithCentralDifferencesAndScoresHaveNone) {
  const auto y = normal_matrix(4, 2, 3);
  expect_gradient([&](const at::Tensor& p) { return *score_reconstruction(p, y, kTwo).value; }, normal_matrix(4, 2, 4));
  EXPECT_FALSE(score_reconstruction(y, y.clone().requires_grad_(true), kTwo).value->requires_grad());
  EXPECT_EQ(score_reconstruction(y, y, Groups(std::vector<std::int64_t>{-1, -1, -1, -1}, 2)).why_absent, "no cell of the batch belongs to a source");
  EXPECT_THROW(score_reconstruction(y, normal_matrix(4, 3, 3), kTwo), Error);
}

}  // namespace
}  // namespace geocyte::losses
