// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/losses/running_coral.h"

#include <ATen/ops/cat.h>
#include <ATen/ops/eye.h>

#include "engine/core/error.h"
#include "tests/unit/engine/losses/gradient_check.h"

namespace geocyte::losses {
namespace {

constexpr CoralForm kRunningForms[] = {CoralForm::mean_and_covariance, CoralForm::deep_coral};

/// 20 cells of three groups, 7, 6 and 7.
const std::vector<std::int64_t> kRunningLabels = {0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 2};

RunningCoralOptions of_form(CoralForm form) {
  RunningCoralOptions options;
  options.form = form;
  return options;
}

TEST(RunningCoral, WithoutMemoryOrWithoutDecayIsPairwiseCoral) {
  const auto z = normal_matrix(20, 3, 1);
  const Groups groups(kRunningLabels, 3);
  RunningMoments fresh(3, 3), forgetful(3, 3, 0);
  forgetful.observe(normal_matrix(20, 3, 2), groups);
  for (const auto form : kRunningForms)
    for (const auto* running : {&fresh, &forgetful}) {
      const auto ours = [&](const at::Tensor& x) { return *running_coral(x, groups, *running, of_form(form)).value; };
      const auto pairs = [&](const at::Tensor& x) { return *pairwise_coral(x, groups, form).value; };
      EXPECT_NEAR(ours(z).item<double>(), pairs(z).item<double>(), 1e-13);
      EXPECT_LT(largest(gradient_of(ours, z) - gradient_of(pairs, z)), 1e-13);
    }
}

TEST(RunningMoments, AreTheAverageThatTheFormulaSays) {
  const Groups one(std::vector<std::int64_t>{0, 0}, 2);
  RunningMoments running(2, 1, 0.75);
  running.observe(matrix({{1}, {3}}), one, 2);                           // mean 2, variance 2
  running.observe(matrix({{4}, {8}}), one, 2);                           // mean 6, variance 8
  EXPECT_NEAR(running.mean[0][0].item<double>(), 0.75 * 2 + 0.25 * 6, 1e-6);
  EXPECT_NEAR(running.covariance[0][0][0].item<double>(), 0.75 * 2 + 0.25 * 8, 1e-6);
  EXPECT_EQ(running.batches[0].item<std::int64_t>(), 2);
  EXPECT_EQ(running.batches[1].item<std::int64_t>(), 0);
  running.observe(matrix({{std::nan("")}, {8}}), one, 2);
  EXPECT_EQ(running.batches[0].item<std::int64_t>(), 2);
  EXPECT_EQ(running.named_buffers().size(), 3u);
  EXPECT_THROW(running.observe(matrix({{1}, {2}}), Groups(std::vector<std::int64_t>{0, 0}, 3)), Error);
  EXPECT_THROW(RunningMoments(2, 1, 1), Error);
}

TEST(RunningCoral, IsCoralOfTheBlendedMomentsAndItsGradientHasTheSizeOfABatch) {
  const Groups groups(kRunningLabels, 3);
  constexpr double kDecay = 0.875;
  RunningMoments running(3, 2, kDecay);
  running.observe(normal_matrix(20, 2, 3).to(at::kFloat).to(at::kDouble) + 1, groups);
  running.observe(normal_matrix(20, 2, 4) * 2, groups);
  const auto z = normal_matrix(20, 2, 5);
  for (const auto form : kRunningForms) {
    const auto blended = [&](const at::Tensor& x) {
      const auto now = group_moments(x, groups, 1);
      at::Tensor sum;
      for (int a = 0; a < 3; ++a)
        for (int b = a + 1; b < 3; ++b) {
          const auto of = [&](int k) {
            return Moments{kDecay * running.mean[k].to(at::kDouble) + (1 - kDecay) * now.mean[k],
                           kDecay * running.covariance[k].to(at::kDouble) + (1 - kDecay) * now.covariance[k], 1};
          };
          const auto pair = coral(of(a), of(b), form) / 3;
          sum = sum.defined() ? sum + pair : pair;
        }
      return sum;
    };
    const auto ours = [&](const at::Tensor& x) { return *running_coral(x, groups, running, of_form(form)).value; };
    EXPECT_NEAR(ours(z).item<double>(), blended(z).item<double>(), 1e-12);
    expect_gradient(blended, z);
    EXPECT_LT(largest(gradient_of(ours, z) - gradient_of(blended, z) / (1 - kDecay)), 1e-12);
  }
}

TEST(RunningCoral, IsLessNoisyThanABatchWhereThereIsNothingToSee) {
  // Three sources of 20 cells from N(0, I_8): the truth is 0.
  std::vector<std::int64_t> labels(60);
  for (std::size_t i = 0; i < labels.size(); ++i) labels[i] = static_cast<std::int64_t>(i % 3);
  const Groups groups(labels, 3);
  RunningMoments running(3, 8, 0.95);
  for (int batch = 0; batch < 100; ++batch) running.observe(normal_matrix(60, 8, 100 + batch), groups);
  const auto z = normal_matrix(60, 8, 99);
  EXPECT_LT(running_coral(z, groups, running).value->item<double>(), 0.1 * pairwise_coral(z, groups).value->item<double>());
}

TEST(RunningCoral, PullsAnOnlySourceToTheOnesItRemembers) {
  RunningMoments running(2, 3);
  running.observe(normal_matrix(10, 3, 6), Groups(std::vector<std::int64_t>(10, 1), 2));
  const Groups only(std::vector<std::int64_t>(10, 0), 2);
  const auto z = normal_matrix(10, 3, 7) + 5;
  const auto gradient = gradient_of([&](const at::Tensor& x) { return *running_coral(x, only, running).value; }, z);
  EXPECT_GT(gradient.sum(0).min().item<double>(), 0);                    // down is towards the remembered mean
}

TEST(RunningCoral, SaysWhyItIsAbsent) {
  RunningMoments running(2, 2);
  EXPECT_EQ(running_coral(normal_matrix(4, 2, 8), Groups(std::vector<std::int64_t>{0, 0, 1, 1}, 2), running).why_absent,
            "the batch has no source of at least 5 cells");
  EXPECT_EQ(running_coral(normal_matrix(6, 2, 8), Groups(std::vector<std::int64_t>(6, 0), 2), running).why_absent,
            "only one source is known so far, and a pair needs two");
  EXPECT_THROW(running_coral(normal_matrix(6, 2, 8), Groups(std::vector<std::int64_t>(6, 0), 3), running), Error);
}

}  // namespace
}  // namespace geocyte::losses
