// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/losses/adversary.h"

#include "engine/core/error.h"
#include "tests/unit/engine/losses/gradient_check.h"

namespace geocyte::losses {
namespace {

const Groups kUneven(std::vector<std::int64_t>{0, 0, 0, 0, 0, 1, 2, 2, -1}, 3);

TEST(BalancedCrossEntropy, OfEqualLogitsIsLogKWhateverTheSizes) {
  EXPECT_NEAR(balanced_cross_entropy(at::empty({9, 3}, at::kDouble).fill_(0.7), kUneven).value->item<double>(), std::log(3.0), 1e-14);
}

TEST(BalancedCrossEntropy, OfTwoCellsIsKnownInClosedForm) {
  const Groups two(std::vector<std::int64_t>{0, 1}, 2);
  const auto logits = matrix({{2, 0}, {1, 0}});
  EXPECT_NEAR(balanced_cross_entropy(logits, two).value->item<double>(), 0.5 * (std::log1p(std::exp(-2.0)) + std::log1p(std::exp(1.0))), 1e-15);
}

TEST(BalancedCrossEntropy, CountsAGroupOnceHoweverOftenItsCellsAreRepeated) {
  const auto logits = normal_matrix(3, 3, 1);
  const Groups once(std::vector<std::int64_t>{0, 1, 2}, 3);
  const auto repeated = logits.index_select(0, kUneven.label_tensor().clamp_min(0));
  EXPECT_NEAR(balanced_cross_entropy(repeated, kUneven).value->item<double>(), balanced_cross_entropy(logits, once).value->item<double>(), 1e-14);
}

TEST(BalancedCrossEntropy, DoesNotRewardTheMajorityClass) {
  // 50 to 1: always answering the large class costs as much as always answering the small one.
  std::vector<std::int64_t> labels(51, 0);
  labels[50] = 1;
  const Groups groups(labels, 2);
  auto large = at::empty({51, 2}, at::kDouble).zero_();
  large.select(1, 0).fill_(3);
  EXPECT_NEAR(balanced_cross_entropy(large, groups).value->item<double>(), balanced_cross_entropy(large.flip(1), groups).value->item<double>(), 1e-13);
  // and the gradient at ignorance favours neither class.
  const auto gradient = gradient_of([&](const at::Tensor& l) { return *balanced_cross_entropy(l, groups).value; }, at::empty({51, 2}, at::kDouble).zero_());
  EXPECT_LT(largest(gradient.sum(0)), 1e-15);
}

TEST(BalancedCrossEntropy, DoesNotChangeWhenALogitRowIsMoved) {
  const auto logits = normal_matrix(9, 3, 2);
  const double value = balanced_cross_entropy(logits, kUneven).value->item<double>();
  EXPECT_NEAR(balanced_cross_entropy(logits + normal_matrix(9, 1, 3), kUneven).value->item<double>(), value, 1e-13);
}

TEST(BalancedCrossEntropy, GradientAgreesWithCentralDifferences) {
  expect_gradient([](const at::Tensor& l) { return *balanced_cross_entropy(l, kUneven).value; }, normal_matrix(9, 3, 4));
}

TEST(BalancedCrossEntropy, IsFiniteForHugeLogitsAndGivesNoGradientToCellsOfNoGroup) {
  expect_finite([](const at::Tensor& l) { return *balanced_cross_entropy(l, kUneven).value; }, 1e4 * normal_matrix(9, 3, 5));
  const auto gradient = gradient_of([](const at::Tensor& l) { return *balanced_cross_entropy(l, kUneven).value; }, normal_matrix(9, 3, 6));
  EXPECT_EQ(largest(gradient.select(0, 8)), 0);
}

TEST(BalancedCrossEntropy, IsAbsentForOneGroupAndRefusesOtherShapes) {
  const auto term = balanced_cross_entropy(normal_matrix(2, 3, 7), Groups(std::vector<std::int64_t>{1, 1}, 3));
  EXPECT_FALSE(term);
  EXPECT_EQ(term.why_absent, "the cells of the batch are not of two groups, so there is nothing to tell apart");
  EXPECT_THROW(balanced_cross_entropy(normal_matrix(9, 2, 7), kUneven), Error);
}

TEST(GradientReversal, KeepsTheValueAndTurnsTheGradient) {
  const auto x = normal_matrix(4, 3, 8);
  EXPECT_TRUE(reverse_gradient(x, 0.3).equal(x));
  const auto loss = [](const at::Tensor& z) { return z.pow(3).sum(); };
  const auto plain = gradient_of(loss, x);
  const auto reversed = gradient_of([&](const at::Tensor& z) { return loss(reverse_gradient(z, 0.3)); }, x);
  EXPECT_LT(largest(reversed + 0.3 * plain), 1e-15);
  EXPECT_EQ(largest(gradient_of([&](const at::Tensor& z) { return loss(reverse_gradient(z, 0)); }, x)), 0);
}

TEST(DannCoefficient, RisesFromZeroAsInThePaper) {
  EXPECT_EQ(dann_coefficient(0), 0);
  EXPECT_NEAR(dann_coefficient(0.1), 0.462117157260010, 1e-14);   // tanh(1/2)
  EXPECT_NEAR(dann_coefficient(1), 0.999909204262595, 1e-14);     // tanh(5)
  EXPECT_NEAR(dann_coefficient(1, 1), 0.462117157260010, 1e-14);  // the slow variant that circulates
  EXPECT_EQ(dann_coefficient(-3), 0);
  EXPECT_EQ(dann_coefficient(7), dann_coefficient(1));
}

TEST(ClassRecall, ShowsACollapseToTheMajorityClassThatAccuracyHides) {
  std::vector<std::int64_t> labels(2688, 0);
  labels.resize(2688 + 462, 1);
  auto logits = at::empty({3150, 2}, at::kDouble).zero_();
  logits.select(1, 0).fill_(1);   // always the large class: accuracy 0.853
  const auto recall = class_recall(logits, Groups(labels, 2));
  EXPECT_EQ(recall.recall, (std::vector<double>{1, 0}));
  EXPECT_EQ(recall.balanced_accuracy, 0.5);
  EXPECT_EQ(recall.chance, 0.5);
  EXPECT_EQ(recall.worst_excess, 0.5);
}

TEST(ClassRecall, LeavesOutGroupsWithoutCells) {
  const auto recall = class_recall(matrix({{0, 1, 0}, {1, 0, 0}, {1, 0, 0}, {0, 0, 9}}), Groups(std::vector<std::int64_t>{0, 0, 1, -1}, 3));
  EXPECT_EQ(recall.recall[0], 0.5);
  EXPECT_EQ(recall.recall[1], 0);
  EXPECT_TRUE(std::isnan(recall.recall[2]));
  EXPECT_EQ(recall.balanced_accuracy, 0.25);
  EXPECT_EQ(recall.chance, 0.5);
  EXPECT_THROW(class_recall(matrix({{0, 1}}), Groups(std::vector<std::int64_t>{-1}, 2)), Error);
}

}  // namespace
}  // namespace geocyte::losses
