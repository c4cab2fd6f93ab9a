// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/geometry/rigid.h"

#include <ATen/ops/cat.h>
#include <ATen/ops/eye.h>
#include <ATen/ops/linalg_det.h>
#include <ATen/ops/linalg_qr.h>
#include <ATen/ops/stack.h>
#include <ATen/ops/zeros.h>

#include <Eigen/Core>

#include "engine/core/error.h"
#include "engine/embed/procrustes.h"
#include "tests/unit/engine/losses/gradient_check.h"

namespace geocyte::geometry {
namespace {

using losses::expect_gradient;
using losses::gradient_of;
using losses::largest;
using losses::matrix;
using losses::normal_matrix;

at::Tensor turned(double angle) { return matrix({{std::cos(angle), std::sin(angle)}, {-std::sin(angle), std::cos(angle)}}); }
double residual(const Rigid& fit, const at::Tensor& x, const at::Tensor& y) { return (fit.apply(x) - y).pow(2).sum().item<double>(); }

Eigen::MatrixXd as_eigen(const at::Tensor& x) {
  const auto values = x.contiguous();
  return Eigen::Map<const Eigen::Matrix<double, -1, -1, Eigen::RowMajor>>(values.const_data_ptr<double>(), x.size(0), x.size(1));
}

TEST(Rigid, FindsAKnownTurnScaleAndShift) {
  const auto x = normal_matrix(40, 2, 1), shift = matrix({{3, -4}});
  const auto fit = fit_rigid(x, 2.5 * x.mm(turned(0.7)) + shift, {}, {.reflection = false, .scale = true});
  EXPECT_LT(largest(fit.rotation - turned(0.7)), 1e-14);
  EXPECT_NEAR(fit.scale.item<double>(), 2.5, 1e-13);
  EXPECT_LT(largest(fit.translation - shift.squeeze(0)), 1e-13);
}

TEST(Rigid, IsThatOfTheDataTierToTheLastDigits) {
  for (const std::int64_t dims : {2, 3, 5})
    for (const bool reflection : {true, false})
      for (const bool scale : {true, false})
        for (std::uint64_t seed = 0; seed < 4; ++seed) {
          const auto x = normal_matrix(30, dims, 10 + seed), y = normal_matrix(30, dims, 50 + seed) + 0.3 * x;
          const auto ours = fit_rigid(x, y, {}, {.reflection = reflection, .scale = scale});
          const auto theirs = embed::fit_procrustes(as_eigen(x), as_eigen(y), {.reflection = reflection, .scale = scale});
          EXPECT_LT((as_eigen(ours.rotation) - theirs.rotation).cwiseAbs().maxCoeff(), 1e-12);
          EXPECT_NEAR(ours.scale.item<double>(), theirs.scale, 1e-12);
          EXPECT_LT((as_eigen(ours.apply(x)) - theirs.apply(as_eigen(x))).cwiseAbs().maxCoeff(), 1e-12);
        }
}

TEST(Rigid, MirrorsOnlyWhereAllowed) {
  for (const std::int64_t dims : {2, 3}) {
    const auto x = normal_matrix(20, dims, 2);
    auto y = x.clone();
    y.select(1, 0).neg_();
    EXPECT_NEAR(residual(fit_rigid(x, y), x, y), 0, 1e-20);
    const auto proper = fit_rigid(x, y, {}, {.reflection = false});
    EXPECT_NEAR(at::linalg_det(proper.rotation).item<double>(), 1, 1e-12);
    EXPECT_GT(residual(proper, x, y), 0.1);
  }
}

TEST(Rigid, FitsEachSetOfABatchByItself) {
  const auto x = at::stack({normal_matrix(9, 3, 3), normal_matrix(9, 3, 4)}), y = at::stack({normal_matrix(9, 3, 5), normal_matrix(9, 3, 6)});
  const auto both = fit_rigid(x, y, {}, {.scale = true});
  for (int b = 0; b < 2; ++b) {
    const auto one = fit_rigid(x[b], y[b], {}, {.scale = true});
    EXPECT_LT(largest(both.apply(x)[b] - one.apply(x[b])), 1e-13);
  }
}

TEST(Rigid, DoesNotSeePaddingWhateverItHolds) {
  const auto x = normal_matrix(8, 2, 7), y = normal_matrix(8, 2, 8);
  auto padded_x = at::cat({x, at::zeros({3, 2}, at::kDouble) / 0.0}), padded_y = at::cat({y, at::zeros({3, 2}, at::kDouble) + 99});
  const auto mask = (at::cat({at::zeros({8}, at::kDouble) + 1, at::zeros({3}, at::kDouble)}) > 0);
  const auto want = fit_rigid(x, y), got = fit_rigid(padded_x, padded_y, mask);
  EXPECT_LT(largest(got.rotation - want.rotation), 1e-15);
  EXPECT_LT(largest(got.translation - want.translation), 1e-15);
  const auto weight = normal_matrix(8, 1, 9).squeeze(1).abs();
  const auto twice = at::cat({weight, weight}) * 0.5;
  EXPECT_LT(largest(fit_rigid(at::cat({x, x}), at::cat({y, y}), twice).rotation - fit_rigid(x, y, weight).rotation), 1e-13);
}

TEST(Rigid, GradientOfTheRotationAgreesWithCentralDifferences) {
  for (const std::int64_t dims : {2, 3, 4})
    for (const bool reflection : {true, false}) {
      const auto y = normal_matrix(7, dims, 12), pull = normal_matrix(7, dims, 13);
      const RigidOptions options{.reflection = reflection, .scale = true, .differentiable = true};
      expect_gradient([&](const at::Tensor& x) { return (fit_rigid(x, y, {}, options).apply(x) * pull).sum(); }, normal_matrix(7, dims, 11), 1e-6);
      expect_gradient([&](const at::Tensor& z) { return (fit_rigid(y, z, {}, options).apply(y) * pull).sum(); }, normal_matrix(7, dims, 11), 1e-6);
    }
}

TEST(Rigid, ResidualNeedsNoGradientOfTheRotation) {
  const auto x = normal_matrix(7, 3, 14), y = normal_matrix(7, 3, 15);
  const auto loss = [&](bool differentiable) {
    return gradient_of([&](const at::Tensor& a) { return (fit_rigid(a, y, {}, {.scale = true, .differentiable = differentiable}).apply(a) - y).pow(2).mean(); }, x);
  };
  EXPECT_LT(largest(loss(true) - loss(false)), 1e-13);
}

TEST(Rigid, GradientIsFiniteWhereSingularValuesCoincideAndWhereThereIsNoDirection) {
  const auto corners = at::cat({at::eye(3, at::kDouble), -at::eye(3, at::kDouble)});   // H = 2 I: all singular values alike
  for (const auto& x : {corners, at::zeros({6, 3}, at::kDouble)}) {
    const auto g = gradient_of([&](const at::Tensor& a) { return fit_rigid(a, corners, {}, {.scale = true, .differentiable = true}).rotation.sum(); }, x);
    EXPECT_TRUE(g.isfinite().all().item<bool>());
  }
  const auto flat = fit_rigid(at::zeros({4, 2}, at::kDouble), normal_matrix(4, 2, 1), {}, {.scale = true});
  EXPECT_EQ(flat.scale.item<double>(), 1);
  EXPECT_LT(largest(flat.rotation - at::eye(2, at::kDouble)), 1e-15);
  EXPECT_THROW(fit_rigid(normal_matrix(4, 2, 1), normal_matrix(5, 2, 1)), Error);
}

}  // namespace
}  // namespace geocyte::geometry
