// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/geometry/sets.h"

#include <ATen/ops/cat.h>
#include <ATen/ops/stack.h>
#include <ATen/ops/zeros.h>

#include <limits>

#include "engine/core/error.h"
#include "engine/geometry/distances.h"
#include "engine/geometry/gram.h"
#include "tests/unit/engine/losses/gradient_check.h"

namespace geocyte::geometry {
namespace {

using losses::expect_finite;
using losses::expect_gradient;
using losses::largest;
using losses::matrix;
using losses::normal_matrix;

at::Tensor first_of(std::int64_t n, std::int64_t rows) { return at::cat({at::zeros({n}, at::kDouble) + 1, at::zeros({rows - n}, at::kDouble)}) > 0; }
at::Tensor padded(const at::Tensor& x, double filling) { return at::cat({x, at::zeros({2, x.size(1)}, at::kDouble) + filling}); }
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

TEST(Sets, OfASquareAreKnown) {
  const auto square = matrix({{0, 0}, {2, 0}, {2, 2}, {0, 2}});
  EXPECT_LT(largest(centred(square) - (square - 1)), 1e-15);
  EXPECT_NEAR(rms_radius(square).item<double>(), std::sqrt(2.0), 1e-15);
  const auto unit = unit_rms(square);
  EXPECT_NEAR(unit.scale.item<double>(), std::sqrt(2.0), 1e-15);
  EXPECT_NEAR(rms_radius(unit.points).item<double>(), 1, 1e-15);
}

TEST(Sets, DoNotSeePaddingWhateverItHolds) {
  const auto x = normal_matrix(5, 3, 1);
  for (const double filling : {7.0, kNaN}) {
    const auto more = padded(x, filling);
    const auto mask = first_of(5, 7);
    EXPECT_LT(largest(centred(more, mask).slice(0, 0, 5) - centred(x)), 1e-15);
    EXPECT_EQ(largest(centred(more, mask).slice(0, 5)), 0);
    EXPECT_LT(largest(unit_rms(more, mask).points.slice(0, 0, 5) - unit_rms(x).points), 1e-15);
    EXPECT_LT(largest(gram(more, mask).slice(0, 0, 5).slice(1, 0, 5) - gram(x)), 1e-14);
    EXPECT_LT(largest(principal_frame(more, mask, 3).slice(0, 0, 5) - principal_frame(x, {}, 3)), 1e-13);
  }
  EXPECT_EQ(pair_mask(padded(x, 0), first_of(5, 7)).sum().item<std::int64_t>(), 20);
}

TEST(Sets, OfNothingAndOfOnePlaceAreFinite) {
  const auto one = at::zeros({3, 2}, at::kDouble) + 4;
  EXPECT_EQ(unit_rms(one).scale.item<double>(), 1);
  expect_finite([](const at::Tensor& x) { return unit_rms(x).points.sum() + rms_radius(x); }, one);
  expect_finite([](const at::Tensor& x) { return unit_rms(x, first_of(0, 3)).points.sum(); }, one);
  EXPECT_THROW(centred(one, first_of(2, 2)), Error);
  expect_gradient([](const at::Tensor& x) { return (unit_rms(x, first_of(4, 5)).points * normal_matrix(5, 2, 9)).sum() + rms_radius(x); }, normal_matrix(5, 2, 8));
}

TEST(PairDistances, AreThoseOfATriangleAndTheirGradientIsZeroAtZero) {
  const auto d = pair_distances(matrix({{0, 0}, {3, 0}, {0, 4}}));
  EXPECT_LT(largest(d - matrix({{0, 3, 4}, {3, 0, 5}, {4, 5, 0}})), 1e-15);
  const auto twins = matrix({{1, 2}, {1, 2}, {0, 0}});
  expect_finite([](const at::Tensor& x) { return pair_distances(x).sum(); }, twins);
}

TEST(PairDistances, KeepTheNearOnesInSinglePrecision) {
  const auto far = matrix({{1000, 1000}, {1000.25, 1000}}).to(at::kFloat);
  EXPECT_EQ(pair_distances(far)[0][1].item<float>(), 0.25f);
}

TEST(PairDistances, GradientAgreesWithCentralDifferences) {
  const auto pull = normal_matrix(6, 6, 3);
  expect_gradient([&](const at::Tensor& x) { return (pair_distances(x) * pull).sum(); }, normal_matrix(6, 3, 2));
  const auto batch = at::stack({normal_matrix(4, 2, 4), normal_matrix(4, 2, 5)});
  expect_gradient([](const at::Tensor& x) { return (pair_distances(x) + 1).log().sum(); }, batch);
}

TEST(NearestColumns, AreByRisingDistanceAndOfPairsOnly) {
  const auto x = matrix({{0}, {1}, {3}, {7}, {0.1}});
  const auto nearest = nearest_columns(pair_distances(x), pair_mask(x, first_of(4, 5)), 2);
  EXPECT_TRUE(nearest.slice(0, 0, 4).equal(matrix({{1, 2}, {0, 2}, {1, 0}, {2, 1}}).to(at::kLong)));
  EXPECT_THROW(nearest_columns(pair_distances(x), pair_mask(x), 5), Error);
}

TEST(GramFactor, GivesBackTheGramMatrixAndTheDistances) {
  const auto x = at::stack({normal_matrix(9, 2, 6), normal_matrix(9, 2, 7)});
  const auto v = gram_factor(gram(x), 4);                                          // rank 2
  EXPECT_LT(largest(v.matmul(v.transpose(1, 2)) - gram(x)), 1e-12);
  EXPECT_LT(largest(v.slice(2, 2)), 1e-6);                                         // the root of rounding
  EXPECT_LT(largest(pair_distances(v) - pair_distances(x)), 1e-6);
  EXPECT_LT(largest(principal_frame(x, {}, 4).slice(2, 0, 2) - v.slice(2, 0, 2)), 1e-9);
  EXPECT_EQ(largest(principal_frame(x, {}, 4).slice(2, 2)), 0);
}

TEST(GramFactor, IsOfTheFrameOfTheSetAndOfNoOther) {
  const auto x = normal_matrix(12, 2, 8);
  const auto turn = matrix({{std::cos(0.4), std::sin(0.4)}, {-std::sin(0.4), std::cos(0.4)}});
  EXPECT_LT(largest(principal_frame(x.mm(turn) + 3, {}, 2) - principal_frame(x, {}, 2)), 1e-12);
  expect_gradient([](const at::Tensor& y) { return (gram(y) * normal_matrix(5, 5, 1)).sum(); }, normal_matrix(5, 2, 9));
}

}  // namespace
}  // namespace geocyte::geometry
