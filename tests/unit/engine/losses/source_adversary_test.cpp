// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/losses/source_adversary.h"

#include <ATen/ops/cat.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/tensor.h>
#include <ATen/ops/zeros.h>

#include "engine/core/error.h"
#include "engine/losses/adversary.h"
#include "engine/losses/composition_weights.h"
#include "engine/losses/group_weights.h"
#include "tests/unit/engine/losses/gradient_check.h"
#include "tests/unit/engine/losses/shared.h"

namespace geocyte::losses {
namespace {

const std::vector<std::int64_t> kUnevenLabels{0, 0, 0, 0, 0, 1, 2, 2, -1};
const Groups kGroups(kUnevenLabels, 3);

TEST(SourceCrossEntropy, ByGroupIsTheBalancedLossOfTheAdversary) {
  const auto logits = normal_matrix(9, 3, 1);
  EXPECT_NEAR(value_of(source_cross_entropy(logits, kGroups)), value_of(balanced_cross_entropy(logits, kGroups)), 1e-14);
}

TEST(SourceCrossEntropy, ByCellOfThePriorIsItsEntropyAndByPriorNeedsNoLogits) {
  const double entropy = -(5 * std::log(5.0 / 8) + std::log(1.0 / 8) + 2 * std::log(2.0 / 8)) / 8;
  const auto prior = matrix({{std::log(5.0 / 8), std::log(1.0 / 8), std::log(2.0 / 8)}}).expand({9, 3});
  EXPECT_NEAR(value_of(source_cross_entropy(prior, kGroups, {.balance = AdversaryBalance::by_cell})), entropy, 1e-14);
  EXPECT_NEAR(value_of(source_cross_entropy(at::zeros({9, 3}, at::kDouble), kGroups, {.balance = AdversaryBalance::by_prior})), entropy, 1e-14);
  // And there its gradient, summed over cells, is zero: the prior is the minimum of plain cross entropy without evidence.
  const auto gradient = gradient_of([](const at::Tensor& l) { return *source_cross_entropy(l, kGroups, {.balance = AdversaryBalance::by_cell}).value; }, prior);
  EXPECT_LT(largest(gradient.sum(0)), 1e-15);
}

TEST(SourceCrossEntropy, WithCellWeightsCountsAsIfCellsWereRepeated) {
  const auto logits = normal_matrix(3, 2, 2);
  const Groups groups(std::vector<std::int64_t>{0, 0, 1}, 2);
  const std::vector<std::int64_t> repeated{0, 0, 0, 0, 1};
  const auto rows = at::tensor({0, 1, 1, 1, 2}, at::kLong);
  const auto weights = at::tensor({1.0, 3.0, 0.4}, at::kDouble);
  EXPECT_NEAR(value_of(source_cross_entropy(logits, groups, {}, weights)), value_of(source_cross_entropy(logits.index_select(0, rows), Groups(repeated, 2))), 1e-14);
  // A source whose cells all have weight 0 is not there.
  EXPECT_FALSE(source_cross_entropy(logits, groups, {}, at::tensor({1.0, 1.0, 0.0}, at::kDouble)));
}

TEST(SourceConfusion, IsLogKAtIgnoranceAndUniformIsLowestThere) {
  const auto ignorance = at::zeros({9, 3}, at::kDouble);
  for (const auto target : {ConfusionTarget::others, ConfusionTarget::uniform})
    EXPECT_NEAR(value_of(source_confusion(ignorance, kGroups, {.target = target})), std::log(3.0), 1e-14);
  const auto uniform = [](const at::Tensor& l) { return *source_confusion(l, kGroups, {.target = ConfusionTarget::uniform}).value; };
  EXPECT_LT(largest(gradient_of(uniform, ignorance)), 1e-16);
  EXPECT_GT(uniform(normal_matrix(9, 3, 3)).item<double>(), std::log(3.0));
  // "others" goes on falling when the classifier is certain of a wrong source.
  auto fooled = ignorance.clone();
  fooled.slice(0, 0, 5).select(1, 1).fill_(2);
  EXPECT_LT(value_of(source_confusion(fooled, kGroups)), std::log(3.0) + 1.0);
  EXPECT_GT(largest(gradient_of([](const at::Tensor& l) { return *source_confusion(l, kGroups).value; }, ignorance)), 0.01);
}

TEST(SourceConfusion, OfTwoSourcesIsTheCrossEntropyOfTheWrongOne) {
  const Groups two(std::vector<std::int64_t>{0, 1}, 2);
  const auto logits = matrix({{2, 0}, {1, 0}});
  EXPECT_NEAR(value_of(source_confusion(logits, two)), 0.5 * (std::log1p(std::exp(2.0)) + std::log1p(std::exp(-1.0))), 1e-14);
}

TEST(SourceConfusion, LeavesSourcesWithoutCellsOutOfTheTarget) {
  const Groups absent(std::vector<std::int64_t>{0, 0, 2}, 3);
  EXPECT_NEAR(value_of(source_confusion(matrix({{0, -50, 0}, {0, -50, 0}, {0, -50, 0}}), absent)), std::log(2.0), 1e-12);
}

TEST(SourceAdversary, GradientsAgreeWithCentralDifferences) {
  const auto logits = normal_matrix(9, 3, 4);
  const auto weights = normal_matrix(9, 1, 5).abs().squeeze(1);
  for (const auto balance : {AdversaryBalance::by_group, AdversaryBalance::by_cell, AdversaryBalance::by_prior})
    expect_gradient([&](const at::Tensor& l) { return *source_cross_entropy(l, kGroups, {.balance = balance}, weights).value; }, logits);
  for (const auto target : {ConfusionTarget::others, ConfusionTarget::uniform})
    expect_gradient([&](const at::Tensor& l) { return *source_confusion(l, kGroups, {.target = target}, weights).value; }, logits);
}

TEST(SourceAdversary, IsFiniteForHugeLogitsAndAbsentForOneSource) {
  const auto huge = 1e4 * normal_matrix(9, 3, 6);
  expect_finite([](const at::Tensor& l) { return *source_cross_entropy(l, kGroups, {.balance = AdversaryBalance::by_prior}).value; }, huge);
  expect_finite([](const at::Tensor& l) { return *source_confusion(l, kGroups).value; }, huge);
  const Groups one(std::vector<std::int64_t>{1, 1}, 2);
  EXPECT_EQ(source_cross_entropy(normal_matrix(2, 2, 1), one).why_absent, "the cells of the batch are not of two sources, so there is nothing to tell apart");
  EXPECT_FALSE(source_confusion(normal_matrix(2, 2, 1), one));
  EXPECT_THROW(source_cross_entropy(normal_matrix(9, 2, 1), kGroups), Error);
  EXPECT_THROW(source_confusion(normal_matrix(9, 3, 1), kGroups, {}, at::ones({8}, at::kDouble)), Error);
}

TEST(MeanOf, TakesTheTermsThatAreThere) {
  const std::vector<Term> terms{Term::of(at::tensor(3.0)), Term::absent("a"), Term::of(at::tensor(5.0))};
  EXPECT_EQ(value_of(mean_of(terms)), 4);
  const std::vector<Term> none{Term::absent("a"), Term::absent("b"), Term::absent("a")};
  EXPECT_EQ(mean_of(none).why_absent, "a; b");
}

// --- the collapse of seed 001's second attempt, on purpose ---

/// Cells of six sources of seed 001's sizes, whose means lie `shift` from the origin along axes of their own (the first six of 8).
struct SixSources {
  std::vector<std::int64_t> labels;
  at::Tensor z;                            ///< (8498, 9), the last column 1

  explicit SixSources(double shift) {
    const std::vector<std::int64_t> sizes{1700, 1500, 1200, 2688, 460, 950};
    for (std::size_t s = 0; s < sizes.size(); ++s) labels.insert(labels.end(), sizes[s], static_cast<std::int64_t>(s));
    const auto n = static_cast<std::int64_t>(labels.size());
    z = normal_matrix(n, 8, 11);
    const Groups groups(labels, 6);
    z.slice(1, 0, 6).add_(membership(groups, z).t(), shift);
    z = at::cat({z, at::ones({n, 1}, at::kDouble)}, 1);
  }

  /// Logits of a linear classifier trained to its minimum by accelerated gradient descent.
  at::Tensor trained(AdversaryBalance balance) const {
    const Groups groups(labels, 6);
    auto w = at::zeros({9, 6}, at::kDouble), previous = w;
    for (int step = 0; step < 60; ++step) {
      const auto ahead = w + (w - previous) * (step / (step + 3.0));
      previous = w;
      w = ahead - 1.0 * gradient_of([&](const at::Tensor& v) { return *source_cross_entropy(z.mm(v), groups, {.balance = balance}).value; }, ahead);
    }
    return z.mm(w);
  }
};

TEST(MajorityCollapse, IsWhatPlainCrossEntropyDoesWhereSourcesCannotBeToldApart) {
  const SixSources data(0);
  const Groups groups(data.labels, 6);
  const auto logits = data.trained(AdversaryBalance::by_cell);
  const auto recall = class_recall(logits, groups);
  EXPECT_GT(recall.recall[3], 0.99);                                             // every cell is called the largest source
  for (const auto source : {0, 1, 2, 4, 5}) EXPECT_LT(recall.recall[source], 0.01) << source;
  EXPECT_NEAR(recall.balanced_accuracy, 1.0 / 6, 0.005);
  // Its mean output is the prior.
  const auto mean = logits.softmax(1).mean(0);
  EXPECT_NEAR(mean[3].item<double>(), 2688.0 / 8498, 0.002);
  EXPECT_NEAR(mean[4].item<double>(), 460.0 / 8498, 0.002);
}

TEST(MajorityCollapse, IsGoneWithTheBalancedForms) {
  const SixSources data(0);
  const Groups groups(data.labels, 6);
  for (const auto balance : {AdversaryBalance::by_group, AdversaryBalance::by_prior}) {
    const auto logits = data.trained(balance);
    const auto recall = class_recall(logits, groups);
    for (const auto one : recall.recall) EXPECT_LT(one, 0.5);                    // no source is favoured
    EXPECT_LT(largest(logits.softmax(1).mean(0) - 1.0 / 6), 0.01);
  }
}

TEST(MajorityCollapse, HidesSmallSourcesThatTheBalancedFormsStillSee) {
  const SixSources data(0.4);                                                    // weakly separable
  const Groups groups(data.labels, 6);
  const auto plain = class_recall(data.trained(AdversaryBalance::by_cell), groups);
  EXPECT_GT(plain.recall[3], 0.75);
  EXPECT_LT(plain.recall[4], 0.02);                                              // 460 cells: never called
  for (const auto balance : {AdversaryBalance::by_group, AdversaryBalance::by_prior}) {
    const auto fair = class_recall(data.trained(balance), groups);
    for (const auto one : fair.recall) EXPECT_GT(one, 1.2 / 6);
    EXPECT_GT(fair.balanced_accuracy, plain.balanced_accuracy + 0.03);
  }
}

TEST(MajorityCollapse, IsNoQuestionWhereSourcesAreSeparable) {
  const SixSources data(3);
  const auto recall = class_recall(data.trained(AdversaryBalance::by_group), Groups(data.labels, 6));
  const auto [lowest, highest] = std::minmax_element(recall.recall.begin(), recall.recall.end());
  EXPECT_GT(*lowest, 0.5 * *highest);
  EXPECT_GT(recall.balanced_accuracy, 0.9);
}

TEST(MajorityCollapse, LeavesTheEncoderOfASmallSourceWithoutAPush) {
  // Gradient on the cells of the smallest source through the classifier, in units of its share of the loss.
  const SixSources data(0.4);
  const Groups groups(data.labels, 6);
  const auto push = [&](AdversaryBalance balance) {
    const auto logits = data.trained(balance);
    const auto gradient = gradient_of([&](const at::Tensor& l) { return *source_cross_entropy(l, groups, {.balance = balance}).value; }, logits);
    return gradient.slice(0, 7088, 7548).norm().item<double>();                  // the 460 cells of source 4
  };
  EXPECT_GT(push(AdversaryBalance::by_group), 2 * push(AdversaryBalance::by_cell));
}

// --- composition ---

TEST(CompositionWeights, GiveMatchedClustersTheSameShare) {
  // Shares .8/.2 and .5/.5 of two orthogonal clusters: J = sqrt(.4), sqrt(.1), that is 2/3 and 1/3 in both sources.
  std::vector<std::int64_t> source, cluster;
  auto x = at::zeros({20, 2}, at::kDouble);
  for (int cell = 0; cell < 20; ++cell) {
    source.push_back(cell / 10);
    cluster.push_back(cell < 10 ? cell >= 8 : cell >= 15);
    x[cell][cluster.back()] = 1 + cell;
  }
  const auto weights = composition_weights(x, Groups(source, 2), Groups(cluster, 2));
  const auto expect = [&](int cell, double value) { EXPECT_NEAR(weights.weight[cell].item<double>(), value, 1e-11) << cell; };
  expect(0, 2 / 3.0 / 0.8);
  expect(9, 1 / 3.0 / 0.2);
  expect(10, 2 / 3.0 / 0.5);
  expect(19, 1 / 3.0 / 0.5);
  EXPECT_EQ(weights.matched, (std::vector<double>{1, 1}));
}

TEST(CompositionWeights, AreOneForEqualSharesZeroWithoutAMatchAndOneForASourceThatMatchesNobody) {
  const auto x = matrix({{1, 0, 0}, {1, 0, 0}, {0, 1, 0}, {2, 0, 0}, {2, 0, 0}, {0, 3, 0}});
  const std::vector<std::int64_t> source{0, 0, 0, 1, 1, 1}, cluster{0, 0, 1, 0, 0, 1};
  EXPECT_LT(largest(composition_weights(x, Groups(source, 2), Groups(cluster, 2)).weight - 1), 1e-11);
  const auto lone = matrix({{1, 0, 0}, {0, 0, 1}, {1, 0, 0}, {1, 0, 0}});        // cell 1 is of a cluster that only source 0 has
  const auto weights = composition_weights(lone, Groups(std::vector<std::int64_t>{0, 0, 1, 1}, 2), Groups(std::vector<std::int64_t>{0, 1, 0, 0}, 2));
  EXPECT_NEAR(weights.weight[0].item<double>(), 2, 1e-11);
  EXPECT_EQ(weights.weight[1].item<double>(), 0);
  EXPECT_EQ(weights.matched[0], 0.5);
  const auto strangers = composition_weights(matrix({{1, 0}, {0, 1}}), Groups(std::vector<std::int64_t>{0, 1}, 2), Groups(std::vector<std::int64_t>{0, 0}, 1));
  EXPECT_TRUE(strangers.weight.equal(at::ones({2}, at::kDouble)));
  EXPECT_EQ(strangers.matched, (std::vector<double>{0, 0}));
}

}  // namespace
}  // namespace geocyte::losses
