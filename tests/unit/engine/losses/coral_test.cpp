// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/losses/coral.h"

#include <cmath>

#include <ATen/ops/ones.h>
#include <ATen/ops/zeros.h>
#include <torch/csrc/autograd/autograd.h>

#include "engine/core/error.h"
#include "tests/unit/engine/losses/gradient_check.h"

namespace geocyte::losses {
namespace {

constexpr CoralForm kForms[] = {CoralForm::mean_and_covariance, CoralForm::deep_coral};

TEST(Coral, OfTwoPairsOfCellsIsKnownInClosedForm) {
  // Means (0, 0) and (3, 0); covariances [[2, 0], [0, 0]] and [[0, 0], [0, 8]]: ||dC||^2 = 68.
  const auto a = matrix({{1, 0}, {-1, 0}}), b = matrix({{3, 2}, {3, -2}});
  EXPECT_NEAR(coral(a, b).item<double>(), 9.0 / 2 + 68.0 / 4, 1e-13);
  EXPECT_NEAR(coral(a, b, CoralForm::deep_coral).item<double>(), 68.0 / 16, 1e-13);
}

TEST(Coral, EqualsTheFormulaWrittenOutInPlainPython) {
  const auto a = wave_matrix(5, 3, 0.2), b = wave_matrix(7, 3, 1.1);
  EXPECT_NEAR(coral(a, b).item<double>(), 0.046800996991972, 1e-15);
  EXPECT_NEAR(coral(a, b, CoralForm::deep_coral).item<double>(), 0.000541355010920, 1e-15);
}

TEST(Coral, IsSymmetricZeroAtEqualityAndNeverNegative) {
  const auto a = normal_matrix(9, 4, 1), b = normal_matrix(12, 4, 2);
  for (const auto form : kForms) {
    EXPECT_NEAR(coral(a, b, form).item<double>(), coral(b, a, form).item<double>(), 1e-15);
    EXPECT_GT(coral(a, b, form).item<double>(), 0);
    EXPECT_EQ(coral(a, a, form).item<double>(), 0);
    EXPECT_NEAR(coral(a, a.flip(0), form).item<double>(), 0, 1e-30);
  }
}

TEST(Coral, DoesNotChangeWhenBothSidesAreMovedOrRotatedTogether) {
  const auto a = normal_matrix(9, 2, 3), b = normal_matrix(12, 2, 4);
  const auto rotation = matrix({{0.6, -0.8}, {0.8, 0.6}});
  for (const auto form : kForms) {
    const double value = coral(a, b, form).item<double>();
    EXPECT_NEAR(coral(a + 100, b + 100, form).item<double>(), value, 1e-11);
    EXPECT_NEAR(coral(a.mm(rotation), b.mm(rotation), form).item<double>(), value, 1e-13);
  }
}

TEST(Coral, DeepFormDoesNotSeeATranslationAndTheOtherSeesExactlyIt) {
  const auto a = normal_matrix(40, 3, 5), moved = a + 2;
  EXPECT_NEAR(coral(a, moved, CoralForm::deep_coral).item<double>(), 0, 1e-25);
  EXPECT_NEAR(coral(a, moved).item<double>(), 4, 1e-13);
  // The mean gradient of the cells moves the centroid; the deep form has none.
  const auto gradient = [&](CoralForm form) {
    return gradient_of([&](const at::Tensor& z) { return coral(z, a, form); }, normal_matrix(30, 3, 6) + 2).sum(0);
  };
  EXPECT_LT(largest(gradient(CoralForm::deep_coral)), 1e-13);
  EXPECT_GT(largest(gradient(CoralForm::mean_and_covariance)), 0.1);
}

TEST(Coral, WithItsMeanTermBringsAGapOfTwoPointSixBelowTheSamplingFloor) {
  // Seed 001's gap. Floor of two samples of 128 with unit variance in 16 dimensions: sqrt(16 (1/128 + 1/128)) = 0.5.
  const auto still = normal_matrix(128, 16, 7);
  auto moving = normal_matrix(128, 16, 8) + 2.6 / std::sqrt(16.0);
  const auto gap = [&] { return (moving.mean(0) - still.mean(0)).norm().item<double>(); };
  EXPECT_GT(gap(), 2);
  for (int step = 0; step < 60; ++step)
    moving = moving - 300 * gradient_of([&](const at::Tensor& z) { return coral(z, still); }, moving);
  EXPECT_LT(gap(), 0.5);
}

TEST(Coral, GradientAgreesWithCentralDifferences) {
  const auto a = normal_matrix(6, 3, 9), b = normal_matrix(5, 3, 10);
  for (const auto form : kForms) expect_gradient([&](const at::Tensor& z) { return coral(z, b, form); }, a);
}

TEST(Coral, IsFiniteForOneCellAgainstManyAndForAConstantColumn) {
  auto constant = normal_matrix(5, 3, 11);
  constant.select(1, 2).fill_(1);
  for (const auto form : kForms) {
    expect_finite([&](const at::Tensor& z) { return coral(z, constant, form); }, normal_matrix(1, 3, 12));
    expect_finite([&](const at::Tensor& z) { return coral(z, constant, form); }, constant);
  }
}

TEST(Coral, AloneBringsAGapOfMeansToWhatSamplingLeaves) {
  // Seed 001 said that CORAL cannot move a centroid. A shift and a scale are learned on batches by CORAL alone, then judged on new
  // draws: the distance of their means is what two samples of one distribution have, sqrt(tr S (1/n_a + 1/n_b)).
  constexpr std::int64_t kDims = 16;
  const at::Tensor gap = at::ones({kDims}, at::kDouble) * (2.6 / 4);           // of length 2.6
  at::Tensor shift = at::zeros({kDims}, at::kDouble).requires_grad_(), scale = at::ones({kDims}, at::kDouble).requires_grad_();
  const auto learn = [&](CoralForm form) {
    shift.data().zero_();
    scale.data().fill_(1);
    for (int step = 0; step < 400; ++step) {
      const at::Tensor a = normal_matrix(64, kDims, 1000 + 2 * step), b = normal_matrix(64, kDims, 1001 + 2 * step) * 1.5 + gap;
      const auto gradient = torch::autograd::grad({coral(a, b * scale + shift, form)}, {shift, scale});
      const double rate = 2 * (1 - step / 400.0);
      shift.data().sub_(gradient[0] * rate);
      scale.data().sub_(gradient[1] * rate);
    }
    const at::Tensor a = normal_matrix(460, kDims, 1), b = (normal_matrix(950, kDims, 2) * 1.5 + gap) * scale + shift;
    return (a.mean(0) - b.mean(0)).norm().item<double>();
  };
  const double floor = std::sqrt(kDims * (1.0 / 460 + 1.0 / 950));
  EXPECT_LT(learn(CoralForm::mean_and_covariance), 1.5 * floor);
  // The form without means of Sun & Saenko has no gradient along the gap.
  EXPECT_GT(learn(CoralForm::deep_coral), 5 * floor);
}

TEST(Coral, RefusesNoCellsAndOtherDimensions) {
  EXPECT_THROW(coral(normal_matrix(0, 3, 1), normal_matrix(4, 3, 1)), Error);
  EXPECT_THROW(coral(normal_matrix(4, 2, 1), normal_matrix(4, 3, 1)), Error);
}

TEST(Moments, SurviveAMeanFarFromTheOriginInSinglePrecision) {
  const auto z = normal_matrix(200, 4, 13);
  const auto want = moments_of(z).covariance;
  const auto got = moments_of((z + 4096).to(at::kFloat)).covariance.to(at::kDouble);
  EXPECT_LT(largest(got - want), 2e-3);   // 4096 leaves 2.4e-4 of each value
}

}  // namespace
}  // namespace geocyte::losses
