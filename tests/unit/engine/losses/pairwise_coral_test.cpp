// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/losses/pairwise_coral.h"

#include <ATen/ops/cat.h>
#include <ATen/ops/tensor.h>

#include "engine/core/error.h"
#include "engine/losses/domain_coral.h"
#include "engine/losses/patient_coral.h"
#include "engine/losses/small_work.h"
#include "tests/unit/engine/losses/gradient_check.h"

namespace geocyte::losses {
namespace {

constexpr CoralForm kForms[] = {CoralForm::mean_and_covariance, CoralForm::deep_coral};

/// 40 cells of five groups of sizes 12, 9, 4, 8, 6 in mixed order, and one cell of none.
const std::vector<std::int64_t> kLabels = {0, 1, 0, 3, 2, 0, 4, 1, 3, 0, 1, 4, 0, 2, 3, 1, 0, 4, 3, 0,
                                           -1, 1, 0, 3, 4, 1, 0, 2, 3, 4, 1, 0, 3, 1, 0, 4, 3, 1, 0, 2};

at::Tensor rows_of(const at::Tensor& z, const Groups& groups, std::int64_t group) {
  return z.index_select(0, at::tensor(groups.members(group)));
}

double literal_double_loop(const at::Tensor& z, const Groups& groups, CoralForm form) {
  double sum = 0;
  int pairs = 0;
  for (std::int64_t a = 0; a < groups.count(); ++a)
    for (std::int64_t b = a + 1; b < groups.count(); ++b)
      if (groups.sizes()[a] > 4 && groups.sizes()[b] > 4) {
        sum += coral(rows_of(z, groups, a), rows_of(z, groups, b), form).item<double>();
        ++pairs;
      }
  return sum / pairs;
}

TEST(Groups, CountSelectAndIntersect) {
  const Groups groups(kLabels, 5);
  EXPECT_EQ(groups.sizes(), (std::vector<std::int64_t>{12, 9, 4, 8, 6}));
  EXPECT_EQ(groups.of_at_least(5), (std::vector<std::int64_t>{0, 1, 3, 4}));
  EXPECT_EQ(groups.members(2), (std::vector<std::int64_t>{4, 13, 27, 39}));
  const Groups half(std::vector<std::int64_t>{0, 0, 1, 1, -1}, 2), other(std::vector<std::int64_t>{0, 1, 0, 1, 1}, 2);
  EXPECT_EQ(half.within(other, 1).labels(), (std::vector<std::int64_t>{-1, 0, -1, 1, -1}));
  EXPECT_TRUE(groups.label_tensor().equal(at::tensor(kLabels)));
  EXPECT_THROW(Groups(std::vector<std::int64_t>{0, 2}, 2), Error);
  EXPECT_THROW(Groups(std::vector<std::int64_t>{-2}, 2), Error);
  EXPECT_THROW(half.within(groups, 0), Error);
}

TEST(GroupMoments, EqualTheMomentsOfEachGroupByItself) {
  const auto z = normal_matrix(40, 6, 1) + 3;
  const Groups groups(kLabels, 5);
  const auto all = group_moments(z, groups, 1);
  ASSERT_EQ(all.count(), 5);
  for (std::int64_t i = 0; i < 5; ++i) {
    const auto one = moments_of(rows_of(z, groups, i));
    EXPECT_EQ(all.of(i).n, one.n);
    EXPECT_LT(largest(all.of(i).mean - one.mean), 1e-14);
    EXPECT_LT(largest(all.of(i).covariance - one.covariance), 1e-13);
  }
}

TEST(PairwiseCoral, EqualsTheLiteralDoubleLoop) {
  const auto z = normal_matrix(40, 6, 2) * 1.7 + 0.3;
  const Groups groups(kLabels, 5);
  for (const auto form : kForms)
    EXPECT_NEAR(pairwise_coral(z, groups, form).value->item<double>(), literal_double_loop(z, groups, form), 1e-12);
}

TEST(PairwiseCoral, OfTwoGroupsIsCoralAndOfEqualGroupsIsZero) {
  const auto z = normal_matrix(12, 3, 3);
  const Groups two(std::vector<std::int64_t>{0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1}, 2);
  for (const auto form : kForms) {
    EXPECT_NEAR(pairwise_coral(z, two, form).value->item<double>(), coral(z.slice(0, 0, 6), z.slice(0, 6), form).item<double>(), 1e-14);
    const auto twice = at::cat({z.slice(0, 0, 6), z.slice(0, 0, 6)});
    EXPECT_NEAR(pairwise_coral(twice, two, form).value->item<double>(), 0, 1e-30);
  }
}

TEST(PairwiseCoral, IsNotNegativeInSinglePrecisionWhereGroupsAreAlike) {
  const auto half = (normal_matrix(20, 8, 4) + 1000).to(at::kFloat);
  std::vector<std::int64_t> labels(40, 0);
  std::fill(labels.begin() + 20, labels.end(), 1);
  EXPECT_GE(pairwise_coral(at::cat({half, half.flip(0)}), Groups(labels, 2)).value->item<double>(), 0);
}

TEST(PairwiseCoral, DoesNotChangeWhenCellsOrNamesArePermuted) {
  const auto z = normal_matrix(40, 4, 5);
  auto reversed = kLabels;
  std::reverse(reversed.begin(), reversed.end());
  auto renamed = kLabels;
  for (auto& label : renamed)
    if (label >= 0) label = 4 - label;
  const double value = pairwise_coral(z, Groups(kLabels, 5)).value->item<double>();
  EXPECT_NEAR(pairwise_coral(z.flip(0), Groups(reversed, 5)).value->item<double>(), value, 1e-13);
  EXPECT_NEAR(pairwise_coral(z, Groups(renamed, 5)).value->item<double>(), value, 1e-13);
}

TEST(PairwiseCoral, GradientAgreesWithCentralDifferences) {
  const Groups groups(kLabels, 5);
  for (const auto form : kForms)
    expect_gradient([&](const at::Tensor& z) { return *pairwise_coral(z, groups, form).value; }, normal_matrix(40, 3, 6));
}

TEST(PairwiseCoral, GivesNoGradientToCellsOfNoGroupAndOfSmallGroups) {
  const Groups groups(kLabels, 5);
  const auto gradient = gradient_of([&](const at::Tensor& z) { return *pairwise_coral(z, groups).value; }, normal_matrix(40, 3, 7));
  EXPECT_EQ(largest(gradient.select(0, 20)), 0);   // of no group
  EXPECT_EQ(largest(gradient.select(0, 4)), 0);    // of the group of four
  EXPECT_GT(largest(gradient.select(0, 0)), 0);
}

TEST(PairwiseCoral, SaysWhyItIsAbsent) {
  const auto term = pairwise_coral(normal_matrix(3, 2, 8), Groups(std::vector<std::int64_t>{0, 1, 1}, 2));
  EXPECT_FALSE(term);
  EXPECT_EQ(term.why_absent, "the batch has 0 sources of at least 5 cells, and a pair needs two");
  EXPECT_EQ(group_moments(normal_matrix(3, 2, 8), Groups(std::vector<std::int64_t>{0, 1, 1}, 2), 5).count(), 0);
}

TEST(PairwiseCoral, IsFiniteForGroupsOfOneCell) {
  const Groups groups(std::vector<std::int64_t>{0, 1, 1, 2}, 3);
  expect_finite([&](const at::Tensor& z) { return *pairwise_coral(z, groups, CoralForm::mean_and_covariance, 1).value; },
                normal_matrix(4, 3, 9));
}

TEST(PairwiseCoral, RefusesAnotherNumberOfCells) {
  EXPECT_THROW(pairwise_coral(normal_matrix(39, 3, 1), Groups(kLabels, 5)), Error);
}

TEST(DomainCoral, IsCoralOfTheTwoModalities) {
  const auto z = normal_matrix(9, 3, 10);
  const Groups modality(std::vector<std::int64_t>{0, 1, 0, 1, 1, 0, -1, 1, 0}, 2);
  for (const auto form : kForms)
    EXPECT_NEAR(domain_coral(z, modality, form).value->item<double>(),
                coral(rows_of(z, modality, 0), rows_of(z, modality, 1), form).item<double>(), 1e-14);
  expect_gradient([&](const at::Tensor& x) { return *domain_coral(x, modality).value; }, z);
}

TEST(DomainCoral, IsAbsentWithoutTwoCellsOnEachSide) {
  const Groups lonely(std::vector<std::int64_t>{0, 0, 0, 1}, 2), one_sided(std::vector<std::int64_t>{0, 0, 0, 0}, 2);
  for (const auto* modality : {&lonely, &one_sided}) {
    const auto term = domain_coral(normal_matrix(4, 2, 11), *modality);
    EXPECT_FALSE(term);
    EXPECT_EQ(term.why_absent, "a modality has fewer than two cells in the batch");
  }
}

TEST(PatientCoral, OfPairsIsPairwiseAndOfThePoolIsTheMeanDistanceToAll) {
  const auto z = normal_matrix(40, 4, 12);
  const Groups patients(kLabels, 5);
  for (const auto form : kForms) {
    EXPECT_NEAR(patient_coral(z, patients, PatientReference::pairs, form).value->item<double>(), literal_double_loop(z, patients, form), 1e-12);
    at::Tensor pool = at::cat({rows_of(z, patients, 0), rows_of(z, patients, 1), rows_of(z, patients, 3), rows_of(z, patients, 4)});
    double mean = 0;
    for (const auto patient : {0, 1, 3, 4}) mean += coral(rows_of(z, patients, patient), pool, form).item<double>() / 4;
    EXPECT_NEAR(patient_coral(z, patients, PatientReference::pooled, form).value->item<double>(), mean, 1e-13);
  }
}

TEST(PatientCoral, GradientAgreesWithCentralDifferencesForBothReferences) {
  const Groups patients(kLabels, 5);
  for (const auto reference : {PatientReference::pairs, PatientReference::pooled})
    expect_gradient([&](const at::Tensor& z) { return *patient_coral(z, patients, reference).value; }, normal_matrix(40, 2, 13));
}

TEST(PatientCoral, LooksOnlyInsideTheModalityAndSaysWhenOnePatientIsLeft) {
  const Groups patients(std::vector<std::int64_t>{0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1}, 2);
  const Groups modality(std::vector<std::int64_t>{1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 1}, 2);
  for (const auto reference : {PatientReference::pairs, PatientReference::pooled}) {
    const auto term = patient_coral(normal_matrix(12, 2, 14), patients.within(modality, 1), reference);
    EXPECT_FALSE(term);
    EXPECT_EQ(term.why_absent, "the batch has 1 patient of at least 5 cells, and a pair needs two");
  }
}

TEST(PairwiseCoral, LeavesTheNumberOfThreadsAsItWas) {
  const int before = at::get_num_threads();
  for (const int threads : {1, 3}) {
    at::set_num_threads(threads);
    const auto z = normal_matrix(40, 6, 5).requires_grad_(true);
    const auto loss = *pairwise_coral(z, Groups(kLabels, 5)).value;
    EXPECT_EQ(at::get_num_threads(), threads);
    loss.backward();
    EXPECT_EQ(at::get_num_threads(), threads);
    const SmallWork large(2 * kSmallWork);
    EXPECT_EQ(at::get_num_threads(), threads);
    const SmallWork small(1);
    EXPECT_EQ(at::get_num_threads(), 1);
  }
  at::set_num_threads(before);
}

}  // namespace
}  // namespace geocyte::losses
