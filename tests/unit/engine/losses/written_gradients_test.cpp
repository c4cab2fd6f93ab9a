// SPDX-License-Identifier: GPL-3.0-or-later
// Gradients that are written out leave exactly 0, in float32, where the gradient is 0: an optimiser that divides by the size of a
// gradient (Adam) makes full steps of whatever rounding leaves there.
#include <ATen/ops/cat.h>
#include <ATen/ops/tensor.h>
#include <ATen/ops/zeros.h>

#include "engine/losses/count_likelihood.h"
#include "engine/losses/local_alignment.h"
#include "engine/losses/pairwise_coral.h"
#include "engine/losses/vicreg.h"
#include "tests/unit/engine/losses/gradient_check.h"

namespace geocyte::losses {
namespace {

constexpr CoralForm kForms[] = {CoralForm::mean_and_covariance, CoralForm::deep_coral};

at::Tensor single(const at::Tensor& x) { return x.to(at::kFloat); }

/// The largest sum over cells of a gradient, in units of the sum of sizes. Losses that do not see a shift of all cells have 0.
double rest_of_a_shift(const at::Tensor& gradient) { return largest(gradient.sum(0) / gradient.abs().sum(0).clamp_min(1e-30)); }

std::vector<std::int64_t> labels_of(std::int64_t cells, std::int64_t groups) {
  std::vector<std::int64_t> labels;
  for (std::int64_t cell = 0; cell < cells; ++cell) labels.push_back(cell % groups);
  return labels;
}

TEST(WrittenGradients, OfVicregAreZeroForEqualViewsOfEnoughSpread) {
  const auto z = single(3 * normal_matrix(64, 16, 1));                           // every standard deviation is above 1: the hinge is off
  const auto of_first = gradient_of([&](const at::Tensor& x) { return vicreg(x, z, {.covariance = 0}).total; }, z);
  const auto of_second = gradient_of([&](const at::Tensor& x) { return vicreg(z, x, {.covariance = 0}).total; }, z);
  EXPECT_EQ(largest(of_first), 0);
  EXPECT_EQ(largest(of_second), 0);
}

TEST(WrittenGradients, OfVicregAreZeroInADimensionThatDoesNotVary) {
  auto z = single(normal_matrix(64, 16, 2));
  z.select(1, 3).fill_(2.5F);
  const auto gradient = gradient_of([&](const at::Tensor& x) { return vicreg(x, x, {.invariance = 0}).total; }, z);
  EXPECT_EQ(largest(gradient.select(1, 3)), 0);
  EXPECT_GT(largest(gradient.select(1, 2)), 0);
}

TEST(WrittenGradients, OfVicregHoldNoShiftHoweverFarTheCellsAre) {
  // 1000 leaves 6e-5 of each value: centred columns then do not sum to 0, and neither would the gradient.
  const auto z = single(0.5 * normal_matrix(256, 16, 3) + 1000);
  const auto gradient = gradient_of([&](const at::Tensor& x) { return vicreg(x, x, {.invariance = 0}).total; }, z);
  EXPECT_LT(rest_of_a_shift(gradient), 1e-6);
}

TEST(WrittenGradients, OfCoralAreZeroForEqualGroups) {
  for (const std::int64_t groups : {2, 4}) {
    const auto one = single(normal_matrix(32, 16, 4) + 3);
    const auto z = one.repeat_interleave(groups, 0);                             // cell i goes to group i mod groups
    for (const auto form : kForms)
      EXPECT_EQ(largest(gradient_of([&](const at::Tensor& x) { return *pairwise_coral(x, Groups(labels_of(32 * groups, groups), groups), form).value; }, z)), 0) << groups;
  }
}

TEST(WrittenGradients, OfCoralAreZeroForCellsOfNoGroupAndHoldNoShift) {
  auto labels = labels_of(240, 3);
  std::fill(labels.begin(), labels.begin() + 30, -1);
  const auto z = single(normal_matrix(240, 16, 5) + 1000);
  for (const auto form : kForms) {
    const auto gradient = gradient_of([&](const at::Tensor& x) { return *pairwise_coral(x, Groups(labels, 3), form).value; }, z);
    EXPECT_EQ(largest(gradient.slice(0, 0, 30)), 0);
    EXPECT_GT(largest(gradient), 0);
    EXPECT_LT(rest_of_a_shift(gradient), 1e-6);
  }
}

TEST(WrittenGradients, OfLocalAlignmentAreZeroWhereTheStudentIsTheTeacher) {
  const auto z = single(normal_matrix(64, 16, 6));
  EXPECT_EQ(largest(gradient_of([&](const at::Tensor& x) { return *local_alignment(z, x).value; }, z)), 0);
}

TEST(WrittenGradients, OfLocalAlignmentDoNotChangeTheLengthOfACell) {
  const auto x = single(normal_matrix(64, 20, 7)), z = single(normal_matrix(64, 16, 8));
  const auto gradient = gradient_of([&](const at::Tensor& s) { return *local_alignment(x, s).value; }, z);
  const auto along = (gradient * z).sum(1).abs() / (gradient.norm(2, at::IntArrayRef{1}) * z.norm(2, at::IntArrayRef{1}));
  EXPECT_LT(largest(along), 1e-6);
}

TEST(WrittenGradients, OfCountsAreZeroForCellsWithoutCountsAndOfNoGroup) {
  auto counts = single(normal_matrix(12, 30, 9).abs().mul_(3).floor_());
  counts.select(0, 4).zero_();
  auto labels = labels_of(12, 2);
  labels[7] = -1;
  const auto dispersion = single(at::zeros({1, 30}, at::kDouble));
  const auto gradient = gradient_of([&](const at::Tensor& l) { return *count_likelihood(l, counts, dispersion, Groups(labels, 2)).value; }, single(normal_matrix(12, 30, 10)));
  EXPECT_EQ(largest(gradient.select(0, 4)), 0);
  EXPECT_EQ(largest(gradient.select(0, 7)), 0);
  EXPECT_GT(largest(gradient.select(0, 5)), 0);
}

}  // namespace
}  // namespace geocyte::losses
