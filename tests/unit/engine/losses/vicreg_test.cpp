// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/losses/vicreg.h"

#include <torch/csrc/autograd/autograd.h>

#include "engine/core/error.h"
#include "tests/unit/engine/losses/gradient_check.h"

namespace geocyte::losses {
namespace {

TEST(Vicreg, OfTwoCellsIsKnownInClosedForm) {
  // Columns (1, -1) and (2, -2): variances 2 and 8, covariance 4; the second view is the first moved by 0.5.
  const auto z = matrix({{1, 2}, {-1, -2}});
  const auto terms = vicreg(z, z + 0.5, {.epsilon = 0});
  EXPECT_NEAR(terms.invariance.item<double>(), 0.25, 1e-15);
  EXPECT_NEAR(terms.variance.item<double>(), 0, 1e-15);
  EXPECT_NEAR(terms.covariance.item<double>(), 2 * (2 * 16.0 / 2), 1e-13);
  EXPECT_NEAR(terms.total.item<double>(), 25 * 0.25 + 32, 1e-12);
}

TEST(Vicreg, VarianceIsTheHingeBelowGamma) {
  const auto z = matrix({{0.3}, {-0.3}});   // variance 0.18
  EXPECT_NEAR(vicreg(z, z).variance.item<double>(), 1 - std::sqrt(0.18 + 1e-4), 1e-15);
  EXPECT_NEAR(vicreg(z, z, {.gamma = 0.4}).variance.item<double>(), 0, 1e-15);
}

TEST(Vicreg, EqualsTheFormulaWrittenOutInPlainPython) {
  const auto terms = vicreg(wave_matrix(5, 3, 0.2), wave_matrix(5, 3, 0.5));
  EXPECT_NEAR(terms.invariance.item<double>(), 0.045951057036005, 1e-14);
  EXPECT_NEAR(terms.variance.item<double>(), 0.220541297100868, 1e-14);
  EXPECT_NEAR(terms.covariance.item<double>(), 0.816267527880905, 1e-14);
  EXPECT_NEAR(terms.total.item<double>(), 7.478576381302746, 1e-13);
}

TEST(Vicreg, DoesNotChangeWhenViewsAreSwappedCellsArePermutedOrAllIsMoved) {
  const auto a = normal_matrix(9, 4, 1), b = normal_matrix(9, 4, 2);
  const double value = vicreg(a, b).total.item<double>();
  EXPECT_NEAR(vicreg(b, a).total.item<double>(), value, 1e-12);
  EXPECT_NEAR(vicreg(a.flip(0), b.flip(0)).total.item<double>(), value, 1e-12);
  EXPECT_NEAR(vicreg(a.flip(1), b.flip(1)).total.item<double>(), value, 1e-12);
  EXPECT_NEAR(vicreg(a + 7, b + 7).total.item<double>(), value, 1e-10);
}

TEST(Vicreg, TermsAreNotNegativeAndInvarianceIsZeroForEqualViews) {
  const auto a = normal_matrix(9, 4, 3);
  const auto terms = vicreg(a, a);
  EXPECT_EQ(terms.invariance.item<double>(), 0);
  EXPECT_GE(terms.variance.item<double>(), 0);
  EXPECT_GE(terms.covariance.item<double>(), 0);
}

TEST(Vicreg, WeightsMultiplyTheirTermOnly) {
  const auto a = normal_matrix(6, 3, 4), b = normal_matrix(6, 3, 5);
  const auto terms = vicreg(a, b, {.invariance = 2, .variance = 3, .covariance = 5});
  EXPECT_NEAR(terms.total.item<double>(),
              2 * terms.invariance.item<double>() + 3 * terms.variance.item<double>() + 5 * terms.covariance.item<double>(), 1e-13);
}

TEST(Vicreg, GradientAgreesWithCentralDifferences) {
  const auto a = 0.5 * normal_matrix(7, 4, 6), b = 0.5 * normal_matrix(7, 4, 7);
  expect_gradient([&](const at::Tensor& z) { return vicreg(z, b).total; }, a);
  expect_gradient([&](const at::Tensor& z) { return vicreg(a, z).total; }, b);
}

TEST(Vicreg, IsFiniteForOneCellAndForACollapsedDimension) {
  expect_finite([](const at::Tensor& z) { return vicreg(z, 1 + z).total; }, normal_matrix(1, 4, 8));
  auto collapsed = normal_matrix(6, 3, 9);
  collapsed.select(1, 1).fill_(2.5);
  expect_finite([](const at::Tensor& z) { return vicreg(z, z).total; }, collapsed);
}

TEST(Vicreg, PushesACollapsedBatchApart) {
  // The hinge has slope -1/(2 D) a view: cells that differ by almost nothing are driven away from their mean.
  const auto z = 1e-3 * normal_matrix(8, 2, 10);
  const auto gradient = gradient_of([](const at::Tensor& x) { return vicreg(x, x).variance; }, z);
  EXPECT_LT((gradient * (z - z.mean(0))).sum().item<double>(), 0);
}

TEST(Vicreg, RefusesViewsOfDifferentShape) {
  EXPECT_THROW(vicreg(normal_matrix(3, 2, 1), normal_matrix(4, 2, 1)), Error);
  EXPECT_THROW(vicreg(normal_matrix(0, 2, 1), normal_matrix(0, 2, 1)), Error);
}

TEST(Vicreg, RefusesASecondDerivativeThatWouldBeWrong) {
  const auto z = normal_matrix(5, 3, 12).requires_grad_(true);
  EXPECT_THROW(torch::autograd::grad({vicreg(z, 2 * z).total}, {z}, {}, std::nullopt, /*create_graph=*/true), Error);
}

TEST(Vicreg, KeepsTheTypeOfItsInput) {
  const auto z = normal_matrix(5, 3, 11).to(at::kFloat);
  EXPECT_EQ(vicreg(z, z).total.scalar_type(), at::kFloat);
}

}  // namespace
}  // namespace geocyte::losses
