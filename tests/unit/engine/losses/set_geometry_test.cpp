// SPDX-License-Identifier: GPL-3.0-or-later
// Losses that compare predicted sets of points with target sets: the local ones.
#include <ATen/ops/arange.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/stack.h>
#include <ATen/ops/zeros.h>

#include "engine/core/error.h"
#include "engine/geometry/distances.h"
#include "engine/losses/nca.h"
#include "engine/losses/neighbour_lengths.h"
#include "tests/unit/engine/losses/gradient_check.h"
#include "tests/unit/engine/losses/shared.h"

namespace geocyte::losses {
namespace {

using geometry::pair_distances;

TEST(SetTarget, KnowsItsPairsAndTheNearestOfEachPoint) {
  const auto target = set_target(matrix({{0, 0}, {1, 0}, {3, 0}, {9, 9}}), first_of(3, 4), 3);
  EXPECT_EQ(target.k(), 3);
  EXPECT_EQ(target.edges.sum().item<std::int64_t>(), 6);                             // three points: two neighbours each
  EXPECT_TRUE(target.nearest.slice(1, 0, 2).slice(0, 0, 3).equal(matrix({{1, 2}, {0, 2}, {1, 0}}).to(at::kLong)));
  EXPECT_EQ(set_target(normal_matrix(4, 2, 1), {}, 15).k(), 3);
  EXPECT_THROW(set_target(normal_matrix(1, 2, 1), {}, 1), Error);
  EXPECT_EQ(value_of(median_of_set(matrix({{1, 2}, {3, 100}}), matrix({{1, 1}, {1, 0}}) > 0)), 2);
}

TEST(KnnNca, OfThreePointsIsKnownInClosedForm) {
  // 0, 1, 3 on a line, k = 1: neighbours 1, 0, 1; median 1-NN distance 1, so tau = 1 for the target itself.
  const auto line = matrix({{0}, {1}, {3}});
  const auto target = set_target(line, {}, 1);
  const double want = (std::log(1 + std::exp(1.0 - 9)) + std::log(1 + std::exp(1.0 - 4)) + std::log(1 + std::exp(4.0 - 9))) / 3;
  EXPECT_NEAR(value_of(knn_nca(pair_distances(line), target)), want, 1e-12);
}

TEST(KnnNca, IsAtChanceForACollapseAndDoesNotRewardGrowth) {
  const auto x = normal_matrix(40, 2, 1);
  const auto target = set_target(x, {}, 5);
  EXPECT_NEAR(value_of(knn_nca(at::zeros({40, 40}, at::kDouble), target)), std::log(39.0), 1e-12);
  EXPECT_LT(value_of(knn_nca(pair_distances(x), target)), 0.7 * std::log(39.0));
  EXPECT_GT(value_of(knn_nca(pair_distances(normal_matrix(40, 2, 2)), target)), std::log(39.0));
  // tau grows with the prediction up to four times, so the exponents grow once and not twice.
  const double once = value_of(knn_nca(pair_distances(x), target));
  EXPECT_GT(value_of(knn_nca(pair_distances(3 * x), target)), 0.5 * once);
}

TEST(GaussianNca, IsTheCrossEntropyWithItsFloorAtTheTarget) {
  const auto x = normal_matrix(20, 2, 3);
  const auto target = set_target(x, {}, 5);
  const double h = 0.5;
  const auto best = -pair_distances(x).pow(2) / (2 * h * h);
  EXPECT_NEAR(value_of(gaussian_nca(best, target, h)), value_of(nca_floor(target, h)), 1e-10);
  EXPECT_GT(value_of(gaussian_nca(best * 0.5, target, h)), value_of(nca_floor(target, h)));
  EXPECT_NEAR(value_of(gaussian_nca(at::zeros({20, 20}, at::kDouble), target, h)), std::log(19.0), 1e-12);
  EXPECT_NEAR(value_of(gaussian_nca(best + normal_matrix(20, 1, 4), target, h)), value_of(gaussian_nca(best, target, h)), 1e-10);   // shift of a row
}

TEST(GaussianNca, OfThreePointsIsKnownInClosedFormAndLeavesOutWhoIsAlone) {
  const auto target = set_target(matrix({{0}, {1}, {1000}}), {}, 1);                  // the third has no neighbour within any width
  const auto logits = matrix({{0, 1, 3}, {2, 0, 2}, {5, 5, 0}});
  const double want = 0.5 * (std::log(1 + std::exp(2.0)) + std::log(2.0));
  EXPECT_NEAR(value_of(gaussian_nca(logits, target, 1)), want, 1e-12);
  EXPECT_THROW(gaussian_nca(logits, target, 0), Error);
}

TEST(EdgeLengths, AreRelativeAndLogarithmic) {
  const auto x = normal_matrix(30, 2, 5);
  const auto target = set_target(x, {}, 4);
  EXPECT_NEAR(value_of(edge_lengths(pair_distances(x), target)), 0, 1e-25);
  EXPECT_NEAR(value_of(edge_lengths(pair_distances(2 * x), target)), std::pow(std::log(2.0), 2), 1e-12);
  EXPECT_NEAR(value_of(edge_lengths(pair_distances(0.5 * x), target)), std::pow(std::log(2.0), 2), 1e-12);
  EXPECT_NEAR(value_of(knn_scale(pair_distances(2 * x), target)), std::pow(2 * std::log(2.0), 2), 1e-12);
  EXPECT_NEAR(value_of(knn_scale(pair_distances(100 * x), target)), 4, 1e-12);
}

TEST(LocalLosses, DoNotSeePaddingOrTheOrderOfPoints) {
  const auto x = normal_matrix(12, 2, 6), y = normal_matrix(12, 2, 7);
  const auto order = (at::arange(12, at::kLong) * 5 + 2).remainder(12), mask = first_of(12, 15);
  const auto all = [](const at::Tensor& prediction, const SetTarget& target) {
    const auto d = pair_distances(prediction);
    return at::stack({knn_nca(d, target), gaussian_nca(-d, target, 0.4), edge_lengths(d, target), knn_scale(d, target)});
  };
  const auto want = all(x, set_target(y, {}, 4));
  EXPECT_LT(largest(all(padded(x), set_target(padded(y), mask, 4)) - want), 1e-12);
  EXPECT_LT(largest(all(x.index_select(0, order), set_target(y.index_select(0, order), {}, 4)) - want), 1e-12);
  // In a batch each set has its own value.
  const auto both = all(at::stack({x, y}), set_target(at::stack({y, y}), {}, 4));
  EXPECT_LT(largest(both.select(1, 0) - want), 1e-12);
  EXPECT_LT(largest(both.select(1, 1) - all(y, set_target(y, {}, 4))), 1e-12);
}

TEST(LocalLosses, GradientsAgreeWithCentralDifferences) {
  const auto y = padded(normal_matrix(8, 2, 8));
  const auto target = set_target(y, first_of(8, 11), 3);
  const auto start = padded(normal_matrix(8, 2, 9));
  // tau of knn_nca is detached: held far above its clamp it does not move with the prediction.
  expect_gradient([&](const at::Tensor& x) { return knn_nca(pair_distances(x), target); }, 20 * start, 1e-5);
  expect_gradient([&](const at::Tensor& x) { return gaussian_nca(-pair_distances(x).pow(2), target, 0.5); }, start, 1e-6);
  expect_gradient([&](const at::Tensor& x) { return edge_lengths(pair_distances(x), target); }, start, 1e-6);
  expect_gradient([&](const at::Tensor& x) { return knn_scale(pair_distances(x), target); }, start, 1e-6);
}

TEST(LocalLosses, OfACollapseAndOfEmptySetsAreFinite) {
  const auto y = normal_matrix(6, 2, 10), one = at::zeros({6, 2}, at::kDouble);
  for (const auto& target : {set_target(y, {}, 3), set_target(one, {}, 3), set_target(y, first_of(0, 6), 3), set_target(y, first_of(1, 6), 3)}) {
    expect_finite([&](const at::Tensor& x) { return knn_nca(pair_distances(x), target); }, one);
    expect_finite([&](const at::Tensor& x) { return gaussian_nca(-pair_distances(x), target, 0.1); }, one);
    expect_finite([&](const at::Tensor& x) { return edge_lengths(pair_distances(x), target) + knn_scale(pair_distances(x), target); }, one);
  }
  EXPECT_GT(value_of(edge_lengths(at::zeros({6, 6}, at::kDouble), set_target(y, {}, 3))), 10);
}

}  // namespace
}  // namespace geocyte::losses
