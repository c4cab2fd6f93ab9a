// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/losses/local_alignment.h"

#include <ATen/ops/tensor.h>

#include "engine/core/error.h"
#include "engine/losses/neighbour_cosine.h"
#include "tests/unit/engine/losses/gradient_check.h"

namespace geocyte::losses {
namespace {

double alignment_of(const at::Tensor& x, const at::Tensor& z, const LocalAlignmentOptions& options = {}) {
  return local_alignment(x, z, options).value->item<double>();
}

TEST(LocalAlignment, OfThreeCellsIsKnownInClosedForm) {
  // Expression: cells 0 and 1 alike, cell 2 orthogonal. Embedding: all orthogonal, so q = 1/2.
  const auto x = matrix({{1, 0}, {1, 0}, {0, 1}}), z = matrix({{1, 0, 0}, {0, 1, 0}, {0, 0, 1}});
  const double p = 1 / (1 + std::exp(-1.0));
  const double kl = p * std::log(2 * p) + (1 - p) * std::log(2 * (1 - p));
  EXPECT_NEAR(alignment_of(x, z, {1, 1}), 2 * kl / 3, 1e-11);   // cells 0 and 1; cell 2 has p = q
}

TEST(LocalAlignment, EqualsTheFormulaWrittenOutInPlainPython) {
  EXPECT_NEAR(alignment_of(wave_matrix(5, 4, 0.2), wave_matrix(5, 3, 0.5), {0.2, 0.5}), 0.399249669823089, 1e-10);
}

TEST(LocalAlignment, IsZeroWithZeroGradientWhenTheStudentEqualsTheTeacher) {
  const auto x = normal_matrix(8, 4, 1);
  EXPECT_NEAR(alignment_of(x, x), 0, 1e-15);
  EXPECT_LT(largest(gradient_of([&](const at::Tensor& z) { return *local_alignment(x, z).value; }, x)), 1e-14);
  EXPECT_NEAR(alignment_of(x, 3 * x), 0, 1e-10);   // cosine: length does not matter
}

TEST(LocalAlignment, IsNotNegativeAndDoesNotChangeWhenCellsArePermutedOrRotated) {
  const auto x = normal_matrix(8, 5, 2), z = normal_matrix(8, 2, 3);
  const double value = alignment_of(x, z);
  EXPECT_GT(value, 0);
  EXPECT_NEAR(alignment_of(x.flip(0), z.flip(0)), value, 1e-13);
  EXPECT_NEAR(alignment_of(x, z.mm(matrix({{0.6, -0.8}, {0.8, 0.6}}))), value, 1e-12);
}

TEST(LocalAlignment, GradientAgreesWithCentralDifferencesAndTheTeacherHasNone) {
  const auto x = normal_matrix(6, 5, 4), z = normal_matrix(6, 3, 5);
  expect_gradient([&](const at::Tensor& student) { return *local_alignment(x, student).value; }, z, 1e-6);
  auto teacher = x.clone().requires_grad_(true);
  EXPECT_FALSE(local_alignment(teacher, z).value->requires_grad());
}

TEST(LocalAlignment, PullsExpressionNeighboursTogether) {
  const auto x = matrix({{1, 0}, {1, 0.1}, {0, 1}, {0.1, 1}});
  auto z = normal_matrix(4, 3, 6);
  for (int step = 0; step < 200; ++step) z = z - 0.1 * gradient_of([&](const at::Tensor& s) { return *local_alignment(x, s).value; }, z);
  const auto unit = z / z.norm(2, at::IntArrayRef{1}, true);
  const auto similar = unit.mm(unit.t());
  EXPECT_GT(similar[0][1].item<double>(), similar[0][2].item<double>() + 0.3);
  EXPECT_GT(similar[2][3].item<double>(), similar[1][3].item<double>() + 0.3);
}

TEST(LocalAlignment, IsFiniteForEmptyRowsAndEqualRows) {
  auto x = normal_matrix(5, 4, 7);
  x.select(0, 2).zero_();
  auto z = normal_matrix(5, 3, 8);
  z.select(0, 1).zero_();
  z.select(0, 3).copy_(z.select(0, 4));
  expect_finite([&](const at::Tensor& s) { return *local_alignment(x, s).value; }, z);
}

TEST(LocalAlignment, IsAbsentBelowThreeCellsAndRefusesNonsense) {
  for (const auto n : {0, 1, 2}) {
    const auto term = local_alignment(normal_matrix(n, 4, 9), normal_matrix(n, 3, 9));
    EXPECT_FALSE(term);
    EXPECT_EQ(term.why_absent, "the batch has fewer than three cells, so no neighbour can be preferred");
  }
  EXPECT_THROW(local_alignment(normal_matrix(4, 4, 1), normal_matrix(5, 3, 1)), Error);
  EXPECT_THROW(local_alignment(normal_matrix(4, 4, 1), normal_matrix(4, 3, 1), {0, 1}), Error);
}

TEST(LocalAlignment, ComputesInTheTypeOfTheEmbedding) {
  EXPECT_EQ(local_alignment(normal_matrix(4, 4, 1), normal_matrix(4, 3, 1).to(at::kFloat)).value->scalar_type(), at::kFloat);
}

TEST(NeighbourCosine, OfAxesIsKnownInClosedForm) {
  // Neighbours at 0 and 90 degrees: mean cosine 1/2. The second cell points away from both of its neighbours.
  const auto bank = matrix({{5, 0}, {0, 0.1}}), z = matrix({{2, 0}, {-1, -1}});
  const auto neighbours = at::tensor({0, 1, 0, 1}, at::kLong).view({2, 2});
  EXPECT_NEAR(neighbour_cosine(z, bank, neighbours).item<double>(), -(0.5 - std::sqrt(0.5)) / 2, 1e-10);
}

TEST(NeighbourCosine, LiesBetweenMinusOneAndOneAndIsMinusOneAtTheNeighbours) {
  const auto bank = normal_matrix(6, 3, 10);
  const auto self = at::tensor({0, 1, 2, 3, 4, 5}, at::kLong).view({6, 1});
  EXPECT_NEAR(neighbour_cosine(bank, bank, self).item<double>(), -1, 1e-10);
  EXPECT_NEAR(neighbour_cosine(-bank, bank, self).item<double>(), 1, 1e-10);
}

TEST(NeighbourCosine, GradientAgreesWithCentralDifferencesAndTheBankHasNone) {
  const auto bank = normal_matrix(6, 3, 11);
  const auto neighbours = at::tensor({0, 1, 2, 3, 4, 5, 1, 0}, at::kLong).view({4, 2});
  expect_gradient([&](const at::Tensor& z) { return neighbour_cosine(z, bank, neighbours); }, normal_matrix(4, 3, 12));
  auto learning = bank.clone().requires_grad_(true);
  EXPECT_FALSE(neighbour_cosine(normal_matrix(4, 3, 12), learning, neighbours).requires_grad());
}

TEST(NeighbourCosine, IsFiniteForAnEmptyRowAndRefusesOtherShapes) {
  const auto neighbours = at::tensor({0, 1}, at::kLong).view({2, 1});
  expect_finite([&](const at::Tensor& z) { return neighbour_cosine(z, normal_matrix(2, 3, 13), neighbours); }, at::empty({2, 3}, at::kDouble).zero_());
  EXPECT_THROW(neighbour_cosine(normal_matrix(2, 3, 1), normal_matrix(2, 4, 1), neighbours), Error);
  EXPECT_THROW(neighbour_cosine(normal_matrix(3, 3, 1), normal_matrix(2, 3, 1), neighbours), Error);
}

}  // namespace
}  // namespace geocyte::losses
