// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/nn/angle_features.h"

#include <ATen/ops/arange.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/randperm.h>
#include <ATen/ops/zeros.h>

#include "engine/core/error.h"
#include "engine/nn/generator.h"
#include "tests/unit/engine/losses/gradient_check.h"

namespace geocyte::nn {
namespace {

using losses::largest;
using losses::matrix;
using losses::normal_matrix;

TEST(AngleFeatures, OfACrossAreRightAndStraightAngles) {
  // The middle sees four rays: four right angles and two straight ones. An end sees the middle and the two ends beside it, at 45 degrees each.
  const auto cross = matrix({{0, 0}, {1, 0}, {-1, 0}, {0, 1}, {0, -1}}).unsqueeze(0);
  const auto h = angle_features(cross, {}, 4, 4)[0];
  EXPECT_LT(largest(h[0] - matrix({{2 / 6.0, 0, 4 / 6.0, 0}})[0]), 1e-12);
  const auto end = angle_features(cross, {}, 3, 4)[0][1];                             // cosines .707, .707 and 0
  EXPECT_LT(largest(end - matrix({{0, 0, 1 / 3.0, 2 / 3.0}})[0]), 1e-12);
  EXPECT_LT(largest(angle_features(cross, {}, 99, 4)[0] - h), 1e-12);
}

TEST(AngleFeatures, DoNotSeeFrameSizeOrderOrPadding) {
  const auto x = normal_matrix(30, 2, 1).unsqueeze(0);
  const auto h = angle_features(x, {}, 12, 8);
  EXPECT_LT(largest(h.sum(-1) - 1), 1e-12);
  const auto turn = matrix({{std::cos(0.8), std::sin(0.8)}, {std::sin(0.8), -std::cos(0.8)}});
  EXPECT_LT(largest(angle_features(3 * x.matmul(turn) + 5, {}, 12, 8) - h), 1e-9);
  const auto order = at::randperm(30, make_generator(3), at::kLong);
  EXPECT_LT(largest(angle_features(x.index_select(1, order), {}, 12, 8) - h.index_select(1, order)), 1e-12);
  const auto padded = at::cat({x, 0.1 * normal_matrix(5, 2, 2).unsqueeze(0)}, 1);
  const auto with = angle_features(padded, (at::arange(35, at::kLong) < 30).unsqueeze(0), 12, 8);
  EXPECT_LT(largest(with.narrow(1, 0, 30) - h), 1e-12);
  EXPECT_EQ(largest(with.narrow(1, 30, 5)), 0);
}

TEST(AngleFeatures, OfTooFewPointsAreEmptyAndOfOnePlaceAreFinite) {
  EXPECT_EQ(largest(angle_features(normal_matrix(2, 2, 1).unsqueeze(0), {}, 12, 8)), 0);
  EXPECT_TRUE(angle_features(at::zeros({1, 9, 2}, at::kDouble), {}, 4, 8).isfinite().all().item<bool>());
  EXPECT_FALSE(angle_features(normal_matrix(9, 2, 1).unsqueeze(0).requires_grad_(true), {}, 4, 8).requires_grad());
  EXPECT_THROW(angle_features(normal_matrix(9, 2, 1).unsqueeze(0), {}, 1, 8), Error);
}

}  // namespace
}  // namespace geocyte::nn
