// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/embed/procrustes.h"

#include <gtest/gtest.h>

#include <Eigen/LU>
#include <cmath>

#include "engine/core/error.h"
#include "engine/core/rng.h"

namespace geocyte::embed {
namespace {

Eigen::MatrixXd normal_places(Eigen::Index rows, Eigen::Index cols, std::uint64_t seed) {
  Rng rng(seed);
  return Eigen::MatrixXd::NullaryExpr(rows, cols, [&] { return rng.normal(); });
}

Eigen::MatrixXd turn(double angle) {
  Eigen::MatrixXd r(2, 2);
  r << std::cos(angle), std::sin(angle), -std::sin(angle), std::cos(angle);
  return r;
}

TEST(Procrustes, FindsAKnownRotationScaleAndShift) {
  const Eigen::MatrixXd x = normal_places(50, 2, 1);
  const Eigen::RowVector2d shift(3, -4);
  const Eigen::MatrixXd y = (2.5 * x * turn(0.7)).rowwise() + shift;
  const Procrustes fit = fit_procrustes(x, y, {.reflection = false, .scale = true});
  EXPECT_TRUE(fit.rotation.isApprox(turn(0.7), 1e-12));
  EXPECT_NEAR(fit.scale, 2.5, 1e-12);
  EXPECT_TRUE(fit.translation.isApprox(shift, 1e-10));
  EXPECT_NEAR(fit.rms, 0, 1e-12);
  EXPECT_TRUE(fit.apply(x).isApprox(y, 1e-12));
}

TEST(Procrustes, ReflectionOnlyWhereAllowed) {
  const Eigen::MatrixXd x = normal_places(30, 3, 2);
  Eigen::MatrixXd y = x;
  y.col(0) *= -1;
  const Procrustes mirrored = fit_procrustes(x, y, {.reflection = true});
  EXPECT_NEAR(mirrored.rotation.determinant(), -1, 1e-12);
  EXPECT_NEAR(mirrored.rms, 0, 1e-12);
  const Procrustes turned = fit_procrustes(x, y, {.reflection = false});
  EXPECT_NEAR(turned.rotation.determinant(), 1, 1e-12);
  EXPECT_GT(turned.rms, 0.1);
}

TEST(Procrustes, NoRotationIsBetter) {
  const Eigen::MatrixXd x = normal_places(40, 2, 3), y = normal_places(40, 2, 4);
  const Procrustes fit = fit_procrustes(x, y, {.reflection = false});
  const Eigen::MatrixXd centred_x = x.rowwise() - x.colwise().mean(), centred_y = y.rowwise() - y.colwise().mean();
  for (int i = 0; i < 360; ++i) {
    const double rms = std::sqrt((centred_x * turn(i * M_PI / 180) - centred_y).squaredNorm() / 40);
    EXPECT_GE(rms, fit.rms - 1e-12);
  }
}

TEST(Procrustes, ScaleIsUmeyamas) {
  // Umeyama (1991), the worked example: X = (0,0),(1,0),(0,2), Y = (0,0),(-1,0),(0,2): R_11 = .832, c = .721.
  Eigen::MatrixXd x(3, 2), y(3, 2);
  x << 0, 0, 1, 0, 0, 2;
  y << 0, 0, -1, 0, 0, 2;
  const Procrustes fit = fit_procrustes(x, y, {.reflection = false, .scale = true});
  EXPECT_NEAR(fit.rotation(0, 0), 0.832, 5e-4);
  EXPECT_NEAR(std::abs(fit.rotation(0, 1)), 0.555, 5e-4);
  EXPECT_NEAR(fit.scale, 0.721, 5e-4);
  EXPECT_NEAR(fit.translation[0], -0.800, 5e-4);
  EXPECT_NEAR(fit.translation[1], 0.400, 5e-4);
  EXPECT_NEAR(fit.rms * fit.rms, 10.0 / 9 * (1 - fit.scale * fit.scale), 1e-12);  // both spreads are 10/9
}

TEST(Procrustes, PointsInOnePlaceKeepTheirScale) {
  const Eigen::MatrixXd x = Eigen::MatrixXd::Constant(5, 2, 1.0), y = normal_places(5, 2, 6);
  const Procrustes fit = fit_procrustes(x, y, {.scale = true});
  EXPECT_EQ(fit.scale, 1);
  EXPECT_TRUE(fit.apply(x).row(0).isApprox(y.colwise().mean(), 1e-12));
}

TEST(Procrustes, BadInput) {
  const Eigen::MatrixXd x = normal_places(5, 2, 1);
  EXPECT_THROW(fit_procrustes(x, normal_places(4, 2, 1)), Error);
  Eigen::MatrixXd broken = x;
  broken(2, 1) = INFINITY;
  EXPECT_THROW(fit_procrustes(x, broken), Error);
}

}  // namespace
}  // namespace geocyte::embed
