// SPDX-License-Identifier: GPL-3.0-or-later
#include <ATen/ops/cat.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/tensor.h>
#include <ATen/ops/zeros.h>

#include "engine/core/error.h"
#include "engine/losses/class_discrepancy.h"
#include "engine/losses/pseudo_labels.h"
#include "engine/losses/spherical_kmeans.h"
#include "tests/unit/engine/losses/gradient_check.h"
#include "tests/unit/engine/losses/shared.h"

namespace geocyte::losses {
namespace {

/// Three directions with `cells` noisy cells each, of any length.
struct ThreeTypes {
  at::Tensor x;
  std::vector<std::int64_t> type;

  ThreeTypes(std::int64_t cells, double noise, std::uint64_t seed) {
    std::vector<at::Tensor> rows;
    const auto axis = matrix({{3, 0, 0, 0}, {0, 5, 0, 0}, {0, 0, 2, 0}});
    for (std::int64_t t = 0; t < 3; ++t) {
      rows.push_back(axis[t] + noise * normal_matrix(cells, 4, seed + static_cast<std::uint64_t>(t)));
      type.insert(type.end(), cells, t);
    }
    x = at::cat(rows);
  }
};

TEST(SphericalKmeans, OfTwoDirectionsIsKnownInClosedForm) {
  const auto x = matrix({{1, 0}, {3, 0}, {0, 2}, {0, 7}});
  const auto found = spherical_kmeans(x, matrix({{1, 0.5}, {0.5, 1}}));
  EXPECT_TRUE(found.labels.equal(at::tensor({0, 0, 1, 1}, at::kLong)));
  EXPECT_LT(largest(found.centres - matrix({{1, 0}, {0, 1}})), 1e-11);
  EXPECT_NEAR(found.mean_similarity, 1, 1e-11);
  EXPECT_LT(largest(found.margin - 1), 1e-11);
  EXPECT_EQ(found.passes, 2);
}

TEST(SphericalKmeans, FindsTypesFromDrawsAndDoesNotSeeLength) {
  const ThreeTypes data(30, 0.2, 1);
  const auto found = spherical_kmeans(data.x, 3, seeded(1));
  for (std::int64_t cell = 0; cell < 90; ++cell)
    EXPECT_EQ(found.labels[cell].item<std::int64_t>(), found.labels[cell / 30 * 30].item<std::int64_t>());
  EXPECT_NE(found.labels[0].item<std::int64_t>(), found.labels[30].item<std::int64_t>());
  const auto scaled = spherical_kmeans(data.x * normal_matrix(90, 1, 9).abs().add(0.1), 3, seeded(1));
  EXPECT_TRUE(scaled.labels.equal(found.labels));
  EXPECT_TRUE(spherical_kmeans(data.x, 3, seeded(1)).labels.equal(found.labels));
}

TEST(SphericalKmeans, NeverLowersTheSumOfCosinesAndLeavesNoCentreEmpty) {
  const auto x = normal_matrix(60, 3, 2);
  double before = -2;
  for (std::int64_t passes = 1; passes < 12; ++passes) {
    const double now = spherical_kmeans(x, x.slice(0, 0, 5), passes).mean_similarity;
    EXPECT_GE(now, before - 1e-12);
    before = now;
  }
  // Two equal first centres: ties go to the lower one, and the other finds points of its own.
  const auto start = at::cat({x.slice(0, 0, 1), x.slice(0, 0, 1), x.slice(0, 1, 2)});
  const auto found = spherical_kmeans(x, start);
  for (std::int64_t c = 0; c < 3; ++c) EXPECT_GT((found.labels == c).sum().item<std::int64_t>(), 0) << c;
  EXPECT_THROW(spherical_kmeans(x.slice(0, 0, 2), start), Error);
  EXPECT_THROW(spherical_kmeans(x, normal_matrix(3, 4, 1)), Error);
}

// --- class-wise discrepancy ---

/// The definition, by loops over pairs of groups.
double literal_discrepancy(const at::Tensor& z, const std::vector<std::int64_t>& sources, const std::vector<std::int64_t>& types, std::int64_t s, std::int64_t c,
                           std::int64_t min_cells, double contrast) {
  const auto n = z.size(0);
  const auto distance = (z.unsqueeze(1) - z.unsqueeze(0)).pow(2).sum(2);
  const double g = distance.sum().item<double>() / static_cast<double>(n * (n - 1));
  auto k = at::zeros({n, n}, at::kDouble);
  for (int i = -2; i <= 2; ++i) k += (-distance / (std::pow(2.0, i) * g)).exp() / 5;
  const auto members = [&](std::int64_t source, std::int64_t type) {
    std::vector<std::int64_t> rows;
    for (std::int64_t cell = 0; cell < n; ++cell)
      if (sources[cell] == source && types[cell] == type) rows.push_back(cell);
    return rows;
  };
  const auto mean = [&](const std::vector<std::int64_t>& a, const std::vector<std::int64_t>& b) {
    return k.index_select(0, at::tensor(a, at::kLong)).index_select(1, at::tensor(b, at::kLong)).mean().item<double>();
  };
  double within = 0, between = 0, same = 0, other = 0;
  for (std::int64_t a = 0; a < s; ++a)
    for (std::int64_t b = 0; b < s; ++b)
      for (std::int64_t ca = 0; ca < c; ++ca)
        for (std::int64_t cb = 0; cb < c; ++cb) {
          const auto x = members(a, ca), y = members(b, cb);
          if (a == b || static_cast<std::int64_t>(x.size()) < min_cells || static_cast<std::int64_t>(y.size()) < min_cells) continue;
          const double d = mean(x, x) + mean(y, y) - 2 * mean(x, y);
          (ca == cb ? within : between) += d;
          (ca == cb ? same : other) += 1;
        }
  return within / same - (other > 0 ? contrast * between / other : 0);
}

const std::vector<std::int64_t> kSources{0, 0, 0, 0, 1, 1, 1, 1, 1, 2, 2, 2, -1, 2}, kTypes{0, 0, 1, 1, 0, 0, 1, 1, 1, 0, 0, -1, 1, 1};

TEST(ClassDiscrepancy, IsTheDefinitionWrittenOut) {
  const auto z = normal_matrix(14, 3, 3);
  const Groups sources(kSources, 3), types(kTypes, 2);
  for (const double contrast : {0.0, 1.0, 0.3})
    for (const std::int64_t least : {1, 2})
      EXPECT_NEAR(value_of(class_discrepancy(z, sources, types, {.contrast = contrast, .min_cells = least})), literal_discrepancy(z, kSources, kTypes, 3, 2, least, contrast), 1e-12);
}

TEST(ClassDiscrepancy, OfTwoPairsOfPointsIsKnownInClosedForm) {
  // Types at 0 and at 1 on an axis, both sources alike: within 0. g = mean of 12 squared distances, 8 of them 1: 2/3.
  const auto z = matrix({{0}, {1}, {0}, {1}});
  const Groups sources(std::vector<std::int64_t>{0, 0, 1, 1}, 2), types(std::vector<std::int64_t>{0, 1, 0, 1}, 2);
  double k = 0;
  for (int i = -2; i <= 2; ++i) k += std::exp(-1.5 / std::pow(2.0, i)) / 5;
  EXPECT_NEAR(value_of(class_discrepancy(z, sources, types, {.contrast = 1, .min_cells = 1})), -(2 - 2 * k), 1e-13);
  EXPECT_NEAR(value_of(class_discrepancy(z, sources, types, {.contrast = 0, .min_cells = 1})), 0, 1e-15);
}

TEST(ClassDiscrepancy, DoesNotChangeWithScaleShiftAndNames) {
  const auto z = normal_matrix(14, 3, 4);
  const Groups sources(kSources, 3), types(kTypes, 2);
  const double value = value_of(class_discrepancy(z, sources, types));
  EXPECT_NEAR(value_of(class_discrepancy(0.1 * z + 3, sources, types)), value, 1e-10);
  auto renamed = kSources;
  for (auto& one : renamed) one = one < 0 ? -1 : 2 - one;
  EXPECT_NEAR(value_of(class_discrepancy(z, Groups(renamed, 3), types)), value, 1e-13);
}

TEST(ClassDiscrepancy, PullsTypesTogetherAcrossSourcesOfUnequalComposition) {
  // Source 1 has mostly type 1: to match marginals would pull its cells over to type 0. Class-wise it moves by its shift.
  std::vector<std::int64_t> source, type;
  for (int cell = 0; cell < 40; ++cell) {
    source.push_back(cell / 20);
    type.push_back(cell < 20 ? cell % 20 >= 14 : cell % 20 >= 6);
  }
  const auto at_type = at::tensor(std::vector<double>(type.begin(), type.end()), at::kDouble).unsqueeze(1);
  const auto at_source = at::tensor(std::vector<double>(source.begin(), source.end()), at::kDouble).unsqueeze(1);
  auto z = at::cat({6 * at_type, 3 * at_source}, 1) + 0.3 * normal_matrix(40, 2, 5);
  const Groups sources(source, 2), types(type, 2);
  const auto mean = [&](std::int64_t s, std::int64_t t) {
    return z.index_select(0, ((at_source.squeeze(1) == static_cast<double>(s)).logical_and_(at_type.squeeze(1) == static_cast<double>(t))).nonzero().squeeze(1)).mean(0);
  };
  for (int step = 0; step < 150; ++step) z = z - 4 * gradient_of([&](const at::Tensor& x) { return *class_discrepancy(x, sources, types).value; }, z);
  EXPECT_LT((mean(0, 0) - mean(1, 0)).norm().item<double>(), 0.5);
  EXPECT_LT((mean(0, 1) - mean(1, 1)).norm().item<double>(), 0.5);
  EXPECT_GT((mean(0, 0) - mean(0, 1)).norm().item<double>(), 4);
}

TEST(ClassDiscrepancy, GradientAgreesWithCentralDifferencesWithTheBandwidthFixed) {
  // The bandwidth is detached: the loss is scale-free, so its full derivative along z is 0 while the written gradient's is not. With
  // cells of no type far away holding the bandwidth in place, both agree.
  std::vector<std::int64_t> sources{0, 0, 1, 1, 0, 1}, types{0, 1, 0, 1, -1, -1};
  auto z = normal_matrix(6, 3, 6);
  z[4] = at::tensor({1e4, 0.0, 0.0}, at::kDouble);
  z[5] = at::tensor({-1e4, 0.0, 0.0}, at::kDouble);
  // Differences of order 1 in a kernel of width 1e4 are small; look at them by scaling the typed cells up.
  z.slice(0, 0, 4).mul_(3e3);
  const Loss loss = [&](const at::Tensor& inner) {
    return 1e4 * *class_discrepancy(at::cat({inner * 3e3, z.slice(0, 4)}), Groups(sources, 2), Groups(types, 2), {.min_cells = 1}).value;
  };
  const auto inner = z.slice(0, 0, 4) / 3e3;
  const auto analytic = gradient_of(loss, inner);
  EXPECT_GT(largest(analytic), 1);
  // Against the definition with its bandwidth held where it is.
  const auto fixed = (z.unsqueeze(1) - z.unsqueeze(0)).pow(2).sum(2).sum().item<double>() / 30;
  const Loss definition = [&](const at::Tensor& x) {
    const auto all = x * 3e3;
    const auto d = (all.unsqueeze(1) - all.unsqueeze(0)).pow(2).sum(2);
    auto k = at::zeros_like(d);
    for (int i = -2; i <= 2; ++i) k = k + (-d / (std::pow(2.0, i) * fixed)).exp() / 5;
    const auto D = [&](int a, int b) { return k[a][a] + k[b][b] - 2 * k[a][b]; };
    return 1e4 * ((D(0, 2) + D(1, 3)) / 2 - (D(0, 3) + D(1, 2)) / 2);
  };
  EXPECT_NEAR(loss(inner).item<double>(), definition(inner).item<double>(), 1e-8);
  EXPECT_LT(largest(analytic - gradient_of(definition, inner)), 1e-7);
  expect_gradient(definition, inner, 1e-6);
}

TEST(ClassDiscrepancy, IsAbsentWithoutACommonTypeAndFiniteForACollapse) {
  const Groups sources(std::vector<std::int64_t>{0, 0, 1, 1}, 2), apart(std::vector<std::int64_t>{0, 0, 1, 1}, 2);
  EXPECT_EQ(class_discrepancy(normal_matrix(4, 2, 1), sources, apart).why_absent, "no type has enough cells in two sources of the batch");
  expect_finite([&](const at::Tensor& z) { return *class_discrepancy(z, sources, Groups(std::vector<std::int64_t>{0, 0, 0, 0}, 1)).value; }, at::ones({4, 2}, at::kDouble));
  EXPECT_THROW(class_discrepancy(normal_matrix(3, 2, 1), sources, apart), Error);
}

// --- pseudo-labels ---

TEST(TypePrototypes, AreMeanDirectionsWithSourcesAlikeAndFollow) {
  const auto z = matrix({{1, 0}, {2, 0}, {0, 3}, {0, 1}, {9, 9}});
  const Groups types(std::vector<std::int64_t>{0, 0, 0, 1, -1}, 3), sources(std::vector<std::int64_t>{0, 0, 1, 1, 1}, 2);
  auto prototypes = TypePrototypes::of(3, 2, z.options());
  prototypes.follow(z, types, sources);
  // Type 0: source 0 says (1, 0) twice, source 1 says (0, 1) once: the middle.
  EXPECT_LT(largest(prototypes.centre[0] - std::sqrt(0.5)), 1e-10);
  EXPECT_TRUE(prototypes.met.equal(at::tensor({1.0, 1.0, 0.0}, at::kDouble)));
  const auto before = prototypes.centre.clone();
  prototypes.follow(z.flip(1), types, sources, 0.9);
  EXPECT_LT(largest(prototypes.centre[1] - at::tensor({0.1, 0.9}, at::kDouble) / std::sqrt(0.82)), 1e-10);
  // Nothing of a type in the batch: it stays.
  auto still = prototypes;
  still.follow(z, Groups(std::vector<std::int64_t>{-1, -1, -1, -1, -1}, 3), sources);
  EXPECT_LT(largest(still.centre - prototypes.centre), 1e-12);
  EXPECT_NEAR(prototypes.log_probability(z, 0.5).exp().select(1, 2).sum().item<double>(), 0, 1e-300);
}

TypePrototypes axes() { return {matrix({{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}), at::ones({3}, at::kDouble)}; }

TEST(PseudoLabels, GoToConfidentCellsWithoutATypeAndNotToAllOfAnEasyType) {
  // Four cells on the first axis, one between two axes, one labelled, one on the second axis.
  const auto z = matrix({{1, 0, 0}, {1, 0.01, 0}, {1, 0.02, 0}, {1, 0.03, 0}, {1, 1, 0}, {0, 0, 1}, {0, 1, 0}});
  const Groups types(std::vector<std::int64_t>{-1, -1, -1, -1, -1, 2, -1}, 3);
  const auto labels = select_pseudo_labels(z, types, axes(), {.share = 0.5});
  EXPECT_TRUE(labels.label.equal(at::tensor({0, 0, -1, -1, -1, -1, 1}, at::kLong)));
  EXPECT_EQ(labels.candidates, 6);
  EXPECT_EQ(labels.selected, 3);
  EXPECT_NEAR(labels.confidence[0].item<double>(), 1 / (1 + 2 * std::exp(-10.0)), 1e-10);
  EXPECT_EQ(select_pseudo_labels(z, types, axes(), {.share = 1}).selected, 5);
}

TEST(PseudoLabelLoss, OfOneCellIsItsCrossEntropyAndTypesCountAlike) {
  const auto z = matrix({{1, 0, 0}, {1, 0, 0}, {0, 1, 0}});
  const PseudoLabels labels{at::tensor({0, 0, 1}, at::kLong), at::ones({3}, at::kDouble), 3, 3};
  EXPECT_NEAR(value_of(pseudo_label_loss(z, labels, axes(), {.temperature = 1})), std::log(1 + 2 * std::exp(-1.0)), 1e-11);
  const PseudoLabels wrong{at::tensor({0, 0, 2}, at::kLong), at::ones({3}, at::kDouble), 3, 3};
  EXPECT_NEAR(value_of(pseudo_label_loss(z, wrong, axes(), {.temperature = 1})), std::log(1 + 2 * std::exp(-1.0)) + 0.5, 1e-11);
}

TEST(PseudoLabelLoss, GradientAgreesWithCentralDifferencesAndCellsWithoutALabelHaveNone) {
  const auto z = normal_matrix(4, 3, 7);
  const PseudoLabels labels{at::tensor({0, -1, 2, 2}, at::kLong), at::tensor({0.9, 0.3, 0.8, 0.99}, at::kDouble), 4, 3};
  const Loss loss = [&](const at::Tensor& x) { return *pseudo_label_loss(x, labels, axes(), {.temperature = 0.5}).value; };
  expect_gradient(loss, z);
  EXPECT_EQ(largest(gradient_of(loss, z).select(0, 1)), 0);
  const PseudoLabels none{at::tensor({-1, -1, -1, -1}, at::kLong), at::ones({4}, at::kDouble), 4, 0};
  EXPECT_EQ(pseudo_label_loss(z, none, axes()).why_absent, "no cell without a type is near enough to one");
  EXPECT_THROW(select_pseudo_labels(z, Groups(std::vector<std::int64_t>{0, -1, -1, -1}, 3), TypePrototypes::of(3, 3, z.options())), Error);
}

TEST(PseudoLabels, CarryTypesToASourceThatHasNone) {
  const ThreeTypes known(20, 0.4, 11), unknown(20, 0.4, 21);
  const auto z = at::cat({known.x, unknown.x});
  auto types = known.type, sources = std::vector<std::int64_t>(120, 0);
  types.resize(120, -1);
  std::fill(sources.begin() + 60, sources.end(), 1);
  auto prototypes = TypePrototypes::of(3, 4, z.options());
  prototypes.follow(z, Groups(types, 3), Groups(sources, 2));
  const auto labels = select_pseudo_labels(z, Groups(types, 3), prototypes, {.share = 1});
  EXPECT_GT(labels.selected, 40);
  for (std::int64_t cell = 0; cell < 60; ++cell) {
    EXPECT_EQ(labels.label[cell].item<std::int64_t>(), -1);
    const auto given = labels.label[60 + cell].item<std::int64_t>();
    if (given >= 0) {
      EXPECT_EQ(given, unknown.type[cell]);
    }
  }
}

}  // namespace
}  // namespace geocyte::losses
