// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/losses/partner_contrast.h"

#include <ATen/ops/arange.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/tensor.h>
#include <ATen/ops/zeros.h>

#include "engine/core/error.h"
#include "engine/losses/expression_plan.h"
#include "engine/losses/group_weights.h"
#include "tests/unit/engine/losses/gradient_check.h"
#include "tests/unit/engine/losses/shared.h"

namespace geocyte::losses {
namespace {

/// Mutual neighbours by loops, as the definition says.
at::Tensor literal_partners(const at::Tensor& x, const std::vector<std::int64_t>& labels, std::int64_t sources, std::int64_t k, double lowest) {
  const auto n = x.size(0);
  const auto unit = x / x.norm(2, at::IntArrayRef{1}, true);
  const auto s = unit.mm(unit.t()).contiguous();
  const auto* cosine = s.const_data_ptr<double>();
  std::vector<std::vector<bool>> near(n, std::vector<bool>(n, false));
  for (std::int64_t i = 0; i < n; ++i)
    for (std::int64_t b = 0; b < sources; ++b) {
      std::vector<std::int64_t> others;
      for (std::int64_t j = 0; j < n; ++j)
        if (labels[j] == b) others.push_back(j);
      std::sort(others.begin(), others.end(), [&](auto p, auto q) { return cosine[i * n + p] > cosine[i * n + q]; });
      for (std::size_t r = 0; r < others.size() && static_cast<std::int64_t>(r) < k; ++r)
        if (cosine[i * n + others[r]] >= lowest) near[i][others[r]] = true;
    }
  auto partner = at::zeros({n, n}, at::kBool);
  for (std::int64_t i = 0; i < n; ++i)
    for (std::int64_t j = 0; j < n; ++j)
      if (labels[i] != labels[j] && labels[i] >= 0 && labels[j] >= 0 && near[i][j] && near[j][i]) partner[i][j] = true;
  return partner;
}

std::vector<std::int64_t> uneven_labels(std::int64_t n) {
  std::vector<std::int64_t> labels;
  for (std::int64_t i = 0; i < n; ++i) labels.push_back(i % 11 == 0 ? -1 : i % 7 < 4 ? 0 : i % 7 < 6 ? 1 : 3);   // source 2 has no cells
  return labels;
}

TEST(MutualNeighbours, OfFourCellsAreTheTwoThatChooseEachOther) {
  // Cell 0 is nearest to both 2 and 3, which share it; with k = 1 only the closer one is its partner.
  const auto x = matrix({{1, 0}, {-1, 1}, {1, 0.1}, {1, 0.5}});
  const auto partners = mutual_neighbours(x, Groups(std::vector<std::int64_t>{0, 0, 1, 1}, 2), {.k = 1, .lowest = 0.2, .false_negative = 0.85});
  auto want = at::zeros({4, 4}, at::kBool);
  want[0][2] = want[2][0] = true;
  EXPECT_TRUE(partners.partner.equal(want));
  // cos(0, 3) = .894 is too alike to be a negative.
  auto ignored = at::zeros({4, 4}, at::kBool);
  ignored[0][3] = ignored[3][0] = true;
  EXPECT_TRUE(partners.ignored.equal(ignored));
}

TEST(MutualNeighbours, AreThoseOfTheDefinitionInABatchAndAmongAllCells) {
  const auto labels = uneven_labels(60);
  const auto x = normal_matrix(60, 4, 1);
  const Groups sources(labels, 4);
  for (const std::int64_t k : {1, 3, 50})
    for (const double lowest : {-2.0 + 1e-9, 0.2}) {
      const auto want = literal_partners(x, labels, 4, k, lowest);
      EXPECT_TRUE(mutual_neighbours(x, sources, {.k = k, .lowest = lowest}).partner.equal(want)) << k;
      const auto table = PartnerTable::find(x, sources, {.k = k, .lowest = lowest});
      EXPECT_EQ(table.pairs(), want.sum().item<std::int64_t>() / 2);
      EXPECT_TRUE(table.among(at::arange(60, at::kLong), x, sources).partner.equal(want)) << k;
    }
}

TEST(MutualNeighbours, OfABatchArePickedFromThoseOfAllCells) {
  const auto labels = uneven_labels(60);
  const auto x = normal_matrix(60, 4, 1);
  const auto want = literal_partners(x, labels, 4, 3, 0.2);
  const auto rows = at::tensor({40, 3, 17, 59, 8, 26, 31}, at::kLong);
  std::vector<std::int64_t> own;
  for (std::int64_t i = 0; i < rows.size(0); ++i) own.push_back(labels[rows[i].item<std::int64_t>()]);
  const auto got = PartnerTable::find(x, Groups(labels, 4), {.k = 3}).among(rows, x.index_select(0, rows), Groups(own, 4));
  EXPECT_TRUE(got.partner.equal(want.index_select(0, rows).index_select(1, rows)));
  const PartnerTable empty{at::zeros({0}, at::kLong), 60};
  EXPECT_FALSE(empty.among(rows, x.index_select(0, rows), Groups(own, 4)).partner.any().item<bool>());
}

TEST(MutualNeighbours, OfOneSourceAreNone) {
  const auto partners = mutual_neighbours(normal_matrix(4, 3, 1), Groups(std::vector<std::int64_t>{1, 1, -1, 1}, 2));
  EXPECT_FALSE(partners.partner.any().item<bool>());
  EXPECT_THROW(mutual_neighbours(normal_matrix(4, 3, 1), Groups(std::vector<std::int64_t>{0, 1}, 2)), Error);
}

/// Partners 0-2 and 1-3 of two sources; 0 and 3 are to be ignored.
Partners two_pairs() {
  auto partner = at::zeros({4, 4}, at::kBool), ignored = at::zeros({4, 4}, at::kBool);
  partner[0][2] = partner[2][0] = partner[1][3] = partner[3][1] = true;
  ignored[0][3] = ignored[3][0] = true;
  return {partner, ignored, at::zeros({4, 4}, at::kDouble)};
}
const Groups kTwo(std::vector<std::int64_t>{0, 0, 1, 1}, 2);

TEST(MnnContrast, OfTwoPairsIsKnownInClosedForm) {
  // cos: 0-2 and 1-3 are 1, 0-3 and 1-2 are 0. Cells 0 and 3 have no negative left; 1 and 2 have one each.
  const auto z = matrix({{1, 0}, {0, 1}, {2, 0}, {0, 3}});
  EXPECT_NEAR(value_of(mnn_contrast(z, two_pairs(), kTwo, {.temperature = 0.5})), std::log1p(std::exp(-2.0)), 1e-11);
  EXPECT_NEAR(mnn_contrast_chance(two_pairs(), kTwo), std::log(2.0), 1e-15);
}

TEST(MnnContrast, LooksAtOneOtherSourceAtATimeAndNeverAtItsOwn) {
  // A third source, far away in the embedding, changes nothing: it holds no partners.
  const auto z = normal_matrix(4, 3, 2);
  const auto more = at::cat({z, 5 * normal_matrix(3, 3, 3)});
  Partners wide{at::zeros({7, 7}, at::kBool), at::zeros({7, 7}, at::kBool), at::zeros({7, 7}, at::kDouble)};
  wide.partner.slice(0, 0, 4).slice(1, 0, 4).copy_(two_pairs().partner);
  wide.ignored.slice(0, 0, 4).slice(1, 0, 4).copy_(two_pairs().ignored);
  const Groups three(std::vector<std::int64_t>{0, 0, 1, 1, 2, 2, -1}, 3);
  EXPECT_NEAR(value_of(mnn_contrast(more, wide, three)), value_of(mnn_contrast(z, two_pairs(), kTwo)), 1e-12);
  const auto gradient = gradient_of([&](const at::Tensor& x) { return *mnn_contrast(x, wide, three).value; }, more);
  EXPECT_EQ(largest(gradient.slice(0, 4)), 0);
}

TEST(MnnContrast, GradientAgreesWithCentralDifferences) {
  const auto labels = uneven_labels(24);
  const Groups sources(labels, 4);
  const auto partners = mutual_neighbours(normal_matrix(24, 4, 4), sources, {.k = 2});
  expect_gradient([&](const at::Tensor& z) { return *mnn_contrast(z, partners, sources, {.temperature = 0.5}).value; }, normal_matrix(24, 3, 5));
}

TEST(MnnContrast, BringsSourcesTogetherThatDifferByAShift) {
  // Two sources see the same 40 cells; in the embedding the second is turned far away. Pairs come from expression.
  const auto expression = normal_matrix(40, 6, 6);
  const auto x = at::cat({expression, expression + 0.05 * normal_matrix(40, 6, 7)});
  std::vector<std::int64_t> labels(80, 0);
  std::fill(labels.begin() + 40, labels.end(), 1);
  const Groups sources(labels, 2);
  const auto partners = mutual_neighbours(x, sources, {.k = 1});
  auto z = at::cat({normal_matrix(40, 4, 8) + 2, normal_matrix(40, 4, 9) - 2});
  const auto hit = [&] {
    const auto unit = z / z.norm(2, at::IntArrayRef{1}, true);
    const auto nearest = unit.slice(0, 0, 40).mm(unit.slice(0, 40).t()).argmax(1);
    return (nearest == at::arange(40, at::kLong)).to(at::kDouble).mean().item<double>();
  };
  EXPECT_LT(hit(), 0.2);
  for (int step = 0; step < 200; ++step) z = z - 3 * gradient_of([&](const at::Tensor& s) { return *mnn_contrast(s, partners, sources).value; }, z);
  EXPECT_GT(hit(), 0.9);
}

TEST(ExpressionContrast, OfEqualSimilaritiesIsTheLogarithmOfTheSizeOfTheOtherSource) {
  const Groups uneven(std::vector<std::int64_t>{0, 0, 0, 1}, 2);
  auto plan = at::zeros({4, 4}, at::kDouble);
  plan[0][3] = 0.4;
  plan[3][1] = 0.1;
  const auto z = matrix({{1, 0}, {1, 0}, {1, 0}, {1, 0}});
  // Row (0, source 1) has one candidate, row (3, source 0) three.
  EXPECT_NEAR(value_of(expression_contrast(z, plan, uneven)), 0.5 * std::log(3.0), 1e-10);
  EXPECT_NEAR(value_of(expression_contrast(z, plan, uneven, {.by_mass = true})), 0.2 * std::log(3.0), 1e-10);
}

TEST(ExpressionContrast, IsTheEntropyOfThePlanWithZeroGradientWhereTheEmbeddingAgrees) {
  // Softmax of cosines 1 and 0 at temperature 1: plan the same.
  const auto z = matrix({{1, 0}, {0, 1}, {1, 0}, {0, 1}});
  const double p = 1 / (1 + std::exp(-1.0));
  const auto plan = matrix({{9, 9, p, 1 - p}, {9, 9, 1 - p, p}, {p, 1 - p, 9, 9}, {1 - p, p, 9, 9}});   // within a source it is not read
  const Loss loss = [&](const at::Tensor& x) { return *expression_contrast(x, plan, kTwo, {.temperature = 1}).value; };
  EXPECT_NEAR(loss(z).item<double>(), -p * std::log(p) - (1 - p) * std::log(1 - p), 1e-11);
  EXPECT_LT(largest(gradient_of(loss, z)), 1e-11);
  EXPECT_GT(loss(normal_matrix(4, 2, 1)).item<double>(), loss(z).item<double>());
}

TEST(ExpressionContrast, GradientAgreesWithCentralDifferencesAndThePlanHasNone) {
  const auto labels = uneven_labels(20);
  const Groups sources(labels, 4);
  const auto plan = normal_matrix(20, 20, 10).exp();
  for (const bool by_mass : {false, true})
    expect_gradient([&](const at::Tensor& z) { return *expression_contrast(z, plan, sources, {.temperature = 0.5, .by_mass = by_mass}).value; }, normal_matrix(20, 3, 11));
  EXPECT_FALSE(expression_contrast(normal_matrix(20, 3, 11), plan.clone().requires_grad_(true), sources).value->requires_grad());
}

TEST(ExpressionContrast, TakesMutualNeighboursAsSoftLabels) {
  const Partners partners{two_pairs().partner, two_pairs().ignored, matrix({{1, 0, 0.9, 0}, {0, 1, 0, 0.5}, {0.9, 0, 1, 0}, {0, 0.5, 0, 1}})};
  const auto plan = partner_plan(partners, 0.1);
  EXPECT_NEAR(plan[0][2].item<double>(), std::exp(-1.0), 1e-15);
  EXPECT_NEAR(plan[1][3].item<double>(), std::exp(-5.0), 1e-15);
  EXPECT_EQ(plan[0][1].item<double>(), 0);
  EXPECT_TRUE(expression_contrast(normal_matrix(4, 3, 1), plan, kTwo));
}

TEST(PartnerContrast, SaysWhyItIsAbsentIsFiniteForEmptyRowsAndRefusesOtherShapes) {
  const Partners none{at::zeros({4, 4}, at::kBool), at::zeros({4, 4}, at::kBool), at::zeros({4, 4}, at::kDouble)};
  const auto z = normal_matrix(4, 3, 1);
  EXPECT_EQ(mnn_contrast(z, none, kTwo).why_absent, "no cell of the batch has a partner in another source");
  EXPECT_EQ(expression_contrast(z, none.similarity, kTwo).why_absent, "no cell of the batch has a label in another source");
  EXPECT_EQ(mnn_contrast(z, two_pairs(), Groups(std::vector<std::int64_t>{0, 0, 0, 0}, 2)).why_absent,
            "the cells of the batch are not of two sources, so there is no partner");
  auto empty = z.clone();
  empty.select(0, 2).zero_();
  expect_finite([&](const at::Tensor& x) { return *mnn_contrast(x, two_pairs(), kTwo).value; }, empty);
  expect_finite([&](const at::Tensor& x) { return *expression_contrast(x, normal_matrix(4, 4, 3).exp(), kTwo).value; }, empty);
  EXPECT_THROW(mnn_contrast(normal_matrix(5, 3, 1), two_pairs(), kTwo), Error);
  EXPECT_THROW(expression_contrast(z, normal_matrix(3, 4, 1), kTwo), Error);
}

// --- transport plans from expression ---

const Groups kFive(std::vector<std::int64_t>{0, 0, 1, 1, 1}, 2);

TEST(ExpressionPlan, EqualsALogarithmicScalingInNumpy) {
  // Rows of wave_matrix(5, 3, 0.4), two against three, eps = .1, 5,000 iterations on logarithms.
  const auto x = wave_matrix(5, 3, 0.4);
  const auto balanced = expression_plan(x, kFive, {.epsilon = 0.1, .iterations = 5000}).slice(0, 0, 2).slice(1, 2);
  EXPECT_LT(largest(balanced - matrix({{4.7762705056204624e-05, 0.16896232657507365, 0.33098991071987055}, {0.33328557062827713, 0.16437100675825914, 0.0023434226134635464}})), 1e-9);
  const auto unbalanced = expression_plan(x, kFive, {.epsilon = 0.1, .reach = 0.2, .iterations = 5000}).slice(0, 0, 2).slice(1, 2);
  EXPECT_LT(largest(unbalanced - matrix({{0.0002695139388867614, 0.005098960158710667, 0.036361504742708266}, {0.10085014962038814, 0.0002660018591386233, 1.380528660502609e-05}})), 1e-9);
}

TEST(ExpressionPlan, BetweenAllPairsHasTheirMarginalsAndNothingWithinASource) {
  const auto labels = uneven_labels(40);
  const Groups sources(labels, 4);
  const auto plan = expression_plan(normal_matrix(40, 5, 1), sources, {.epsilon = 0.2, .iterations = 500});
  EXPECT_LT(largest(plan - plan.t()), 1e-15);
  const auto belongs = membership(sources, plan);                                // (4, 40)
  const auto towards = plan.mm(belongs.t());                                     // (40, 4) mass of a cell towards each source
  for (std::int64_t cell = 0; cell < 40; ++cell)
    for (const std::int64_t to : {0, 1, 2, 3}) {
      const auto own = labels[cell];
      const bool there = own >= 0 && own != to && sources.sizes()[to] > 0;
      EXPECT_NEAR(towards[cell][to].item<double>(), there ? 1.0 / static_cast<double>(sources.sizes()[own]) : 0, 1e-6) << cell << " " << to;
    }
  EXPECT_EQ(largest(expression_plan(normal_matrix(3, 5, 1), Groups(std::vector<std::int64_t>{1, 1, -1}, 2))), 0);
}

TEST(ExpressionPlan, FindsWhoCorrespondsAndLetsGoOfWhomNobodyDoes) {
  // Twelve cells twice, noisily and in another order; the last of source 0 has no counterpart.
  const auto x = normal_matrix(12, 8, 2);
  const auto stranger = -x.sum(0, true);
  const auto all = at::cat({x.slice(0, 0, 11), stranger, x.flip(0) + 0.05 * normal_matrix(12, 8, 3)});
  std::vector<std::int64_t> labels(24, 0);
  std::fill(labels.begin() + 12, labels.end(), 1);
  const auto plan = expression_plan(all, Groups(labels, 2), {.epsilon = 0.02, .reach = 0.1}).slice(0, 0, 12).slice(1, 12);
  for (std::int64_t cell = 0; cell < 11; ++cell) EXPECT_EQ(plan[cell].argmax().item<std::int64_t>(), 11 - cell);
  const auto mass = plan.sum(1);
  EXPECT_LT(mass[11].item<double>(), 0.5 * mass.slice(0, 0, 11).min().item<double>());
  EXPECT_THROW(expression_plan(all, Groups(labels, 2), {.epsilon = 0.001}), Error);
  EXPECT_EQ(expression_plan(all.to(at::kFloat), Groups(labels, 2)).scalar_type(), at::kFloat);
}

}  // namespace
}  // namespace geocyte::losses
