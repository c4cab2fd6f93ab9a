// SPDX-License-Identifier: GPL-3.0-or-later
// Losses that compare predicted sets of points with target sets: the global ones, and the forms of the denoising loss.
#include <ATen/ops/arange.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/stack.h>
#include <ATen/ops/tensor.h>
#include <ATen/ops/zeros.h>

#include "engine/core/error.h"
#include "engine/geometry/distances.h"
#include "engine/geometry/sets.h"
#include "engine/losses/denoising.h"
#include "engine/losses/distance_match.h"
#include "engine/losses/gram_match.h"
#include "engine/losses/rigid_match.h"
#include "engine/losses/subspace.h"
#include "tests/unit/engine/losses/gradient_check.h"
#include "tests/unit/engine/losses/shared.h"

namespace geocyte::losses {
namespace {

using geometry::pair_distances;

at::Tensor first_of(std::int64_t n, std::int64_t rows) { return at::arange(rows, at::kLong) < n; }
at::Tensor padded(const at::Tensor& x) { return at::cat({x, normal_matrix(3, x.size(1), 99)}); }
at::Tensor moved(const at::Tensor& x) { return x.mm(matrix({{std::cos(0.8), std::sin(0.8)}, {std::sin(0.8), -std::cos(0.8)}})) + 5; }   // mirrored as well
at::Tensor vector(std::initializer_list<double> values) { return at::tensor(std::vector<double>(values), at::kDouble); }

TEST(GramMatch, IsKnownForTwoPointsAndForNothing) {
  // target -1, 1: G = [[1, -1], [-1, 1]]; prediction -2, 2: off-diagonal (-4 + 1)^2 / 1 = 9, diagonal the same.
  const auto target = set_target(matrix({{-1}, {1}}), {}, 1);
  EXPECT_NEAR(value_of(gram_match(matrix({{-2}, {2}}), target, false)), 9 + 0.5 * 9, 1e-12);
  EXPECT_NEAR(value_of(gram_match(matrix({{-2}, {2}}), target, true)), 0, 1e-12);
  EXPECT_NEAR(value_of(gram_match(at::zeros({5, 2}, at::kDouble), set_target(normal_matrix(5, 2, 1), {}, 1), false)), 1.5, 1e-12);
}

TEST(GramMatch, HasAFloorOfSmallSetsInABatch) {
  const auto small = 0.01 * normal_matrix(6, 2, 2), large = normal_matrix(6, 2, 3);
  const auto target = set_target(at::stack({small, large, large}), {}, 2);
  const auto off = at::stack({moved(small) + 0.01 * normal_matrix(6, 2, 4), large, large});
  const auto alone = gram_match(off[0], set_target(small, {}, 2), false);
  EXPECT_LT(value_of(gram_match(off, target, false)[0]), 0.01 * value_of(alone));
}

TEST(SizeMatch, IsTheLogRatioOfSizes) {
  const auto x = normal_matrix(9, 2, 5);
  const auto target = set_target(x, {}, 2);
  EXPECT_NEAR(value_of(size_match(3 * moved(x), target)), std::pow(std::log(3.0), 2), 1e-12);
  EXPECT_NEAR(value_of(gram_scale(3 * moved(x), target)), std::pow(std::log(9.0), 2), 1e-12);
  EXPECT_NEAR(value_of(gram_scale(x / 3, target)), std::pow(std::log(9.0), 2), 1e-12);
}

TEST(DistanceMatch, IsTheWeightedMeanOfSquares) {
  const auto target = set_target(matrix({{0}, {1}, {3}}), {}, 1);                    // t = 1, 3, 2
  const auto d = matrix({{0, 2, 3}, {2, 0, 4}, {3, 4, 0}});                          // errors 1, 0, 2
  EXPECT_NEAR(value_of(distance_match(d, target)), (1 + 0 + 4) / 3.0, 1e-12);
  const auto w = [](double t) { return 1 / std::pow(t + 0.5, 2); };
  EXPECT_NEAR(value_of(distance_match(d, target, {.power = 2, .offset = 0.5})), (w(1) * 1 + w(2) * 4) / (w(1) + w(2) + w(3)), 1e-12);
  EXPECT_THROW(distance_match(d, target, {.power = 1, .offset = 0}), Error);
}

TEST(RigidMatch, IsTheResidualOfTheBestFitAndItsGradientIsExact) {
  const auto x = normal_matrix(10, 2, 6), y = normal_matrix(10, 2, 7);
  const auto target = set_target(y, {}, 2);
  EXPECT_NEAR(value_of(rigid_match(moved(y), target)), 0, 1e-20);
  EXPECT_GT(value_of(rigid_match(moved(y), target, {.reflection = false})), 0.1);
  EXPECT_NEAR(value_of(rigid_match(at::zeros({10, 2}, at::kDouble), target)), value_of(geometry::rms_radius(y).pow(2)), 1e-12);
  for (int i = 0; i < 72; ++i) {                                                     // no turn is better
    const double a = i * M_PI / 36;
    const auto turned = geometry::centred(x).mm(matrix({{std::cos(a), std::sin(a)}, {-std::sin(a), std::cos(a)}})) - geometry::centred(y);
    EXPECT_GE(value_of(turned.pow(2).sum() / 10), value_of(rigid_match(x, target)) - 1e-12);
  }
  for (const bool scale : {false, true})
    for (const bool reflection : {false, true})
      expect_gradient([&](const at::Tensor& p) { return rigid_match(p, target, {.reflection = reflection, .scale = scale}); }, x, 1e-6);
  const auto three = set_target(normal_matrix(10, 3, 8), {}, 2);
  expect_gradient([&](const at::Tensor& p) { return rigid_match(p, three); }, normal_matrix(10, 3, 9), 1e-6);
}

TEST(SubspaceExcess, IsTheShareOfVarianceOutside) {
  const auto x = matrix({{3, 0, 0}, {-3, 0, 0}, {0, 2, 0}, {0, -2, 0}, {0, 0, 1}, {0, 0, -1}});   // variances 9 : 4 : 1
  EXPECT_NEAR(value_of(subspace_excess(x, {}, 2)), 1 / 14.0, 1e-12);
  EXPECT_NEAR(value_of(subspace_excess(x, {}, 1)), 5 / 14.0, 1e-12);
  EXPECT_NEAR(value_of(subspace_excess(100 * x + 7, {}, 2)), 1 / 14.0, 1e-12);
  EXPECT_EQ(value_of(subspace_excess(x, {}, 3)), 0);
  EXPECT_EQ(value_of(subspace_excess(at::zeros({5, 3}, at::kDouble), {}, 1)), 0);
  EXPECT_NEAR(value_of(subspace_excess(normal_matrix(9, 2, 1).mm(normal_matrix(2, 6, 2)), {}, 2)), 0, 1e-12);
  expect_gradient([](const at::Tensor& y) { return subspace_excess(y, first_of(7, 10), 2); }, padded(normal_matrix(7, 4, 3)), 1e-6);
}

TEST(GlobalLosses, DoNotSeePaddingFramesOrTheOtherSetsOfABatch) {
  const auto x = normal_matrix(12, 2, 10), y = normal_matrix(12, 2, 11);
  const auto all = [](const at::Tensor& p, const SetTarget& target) {
    return at::stack({gram_match(p, target, false), gram_match(p, target, true), size_match(p, target), distance_match(pair_distances(p), target, {.power = 1}),
                      rigid_match(p, target), subspace_excess(p, target.mask, 1)});
  };
  const auto want = all(x, set_target(y, {}, 4));
  EXPECT_LT(largest(all(padded(x), set_target(padded(y), first_of(12, 15), 4)) - want), 1e-12);
  EXPECT_LT(largest(all(moved(x), set_target(y, {}, 4)) - want), 1e-11);
  EXPECT_LT(largest(all(x, set_target(moved(y), {}, 4)) - want), 1e-11);
  EXPECT_LT(largest(all(at::stack({x, x}), set_target(at::stack({y, y}), {}, 4)).select(1, 1) - want), 1e-12);
  EXPECT_LT(largest(all(y, set_target(y, {}, 4)).slice(0, 0, 5)), 1e-12);
}

TEST(GlobalLosses, GradientsAgreeWithCentralDifferencesAndACollapseIsFinite) {
  const auto target = set_target(padded(normal_matrix(7, 2, 12)), first_of(7, 10), 3);
  const auto start = padded(normal_matrix(7, 2, 13));
  const std::initializer_list<Loss> losses = {[&](const at::Tensor& p) { return gram_match(p, target, false); }, [&](const at::Tensor& p) { return gram_match(p, target, true); },
                                              [&](const at::Tensor& p) { return gram_scale(p, target); },
                                              [&](const at::Tensor& p) { return distance_match(pair_distances(p), target, {.power = 1}); }};
  for (const auto& loss : losses) {
    expect_gradient(loss, start, 1e-6);
    expect_finite(loss, at::zeros({10, 2}, at::kDouble));
  }
}

TEST(Denoising, IsWeightedInThreeForms) {
  const auto e = vector({1, 4}), w = vector({3, 1});
  EXPECT_NEAR(value_of(denoising_edm(e, w)), 3.5, 1e-15);
  EXPECT_NEAR(value_of(denoising_normalised(e, w)), 7 / 4.0, 1e-15);
  EXPECT_NEAR(value_of(denoising_edm2(e, w, vector({0, 0}))), 3.5, 1e-15);
  EXPECT_NEAR(value_of(denoising_edm2(e, w, vector({std::log(3), std::log(4)}))), 0.5 * (1 + std::log(3) + 1 + std::log(4)), 1e-15);
  // The best u is ln(w e), where the loss is 1 + mean ln(w e).
  const auto g = gradient_of([&](const at::Tensor& u) { return denoising_edm2(e, w, u); }, (w * e).log());
  EXPECT_LT(largest(g), 1e-15);
  expect_gradient([&](const at::Tensor& x) { return denoising_edm2(x.pow(2), w, x); }, vector({0.4, -0.7}));
  EXPECT_THROW(denoising_edm(e, vector({1})), Error);
}

TEST(Denoising, ErrorIsOverLivePointsAndAxes) {
  const auto p = at::stack({normal_matrix(5, 2, 14), normal_matrix(5, 2, 15)}), y = at::zeros({2, 5, 2}, at::kDouble);
  EXPECT_NEAR(value_of(set_error(p, y)[1]), value_of(p[1].pow(2).mean()), 1e-15);
  const auto mask = at::stack({first_of(5, 5), first_of(3, 5)});
  EXPECT_NEAR(value_of(set_error(p, y, mask)[1]), value_of(p[1].slice(0, 0, 3).pow(2).mean()), 1e-15);
  EXPECT_EQ(value_of(set_error(p, y, at::stack({first_of(0, 5), first_of(0, 5)}))[0]), 0);
  expect_gradient([&](const at::Tensor& x) { return set_error(x, y, mask).sum(); }, p);
}

}  // namespace
}  // namespace geocyte::losses
