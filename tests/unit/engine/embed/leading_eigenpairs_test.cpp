// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/embed/leading_eigenpairs.h"

#include <gtest/gtest.h>

#include <Eigen/Eigenvalues>
#include <Eigen/QR>

#include "engine/core/error.h"
#include "engine/core/rng.h"

namespace geocyte::embed {
namespace {

Eigen::MatrixXd normal_factors(Eigen::Index rows, Eigen::Index cols, std::uint64_t seed) {
  Rng rng(seed);
  Eigen::MatrixXd m(rows, cols);
  for (double& value : m.reshaped()) value = rng.normal();
  return m;
}

/// Symmetric with these eigenvalues.
Eigen::MatrixXd with_values(const Eigen::VectorXd& values, std::uint64_t seed) {
  const Eigen::MatrixXd q = Eigen::HouseholderQR<Eigen::MatrixXd>(normal_factors(values.size(), values.size(), seed)).householderQ();
  return q * values.asDiagonal() * q.transpose();
}

void expect_eigenpairs(const Eigen::MatrixXd& c, const Eigenpairs& pairs, double largest) {
  EXPECT_LT((c * pairs.vectors - pairs.vectors * pairs.values.asDiagonal()).colwise().norm().maxCoeff(), 1e-9 * largest);
  EXPECT_TRUE((pairs.vectors.transpose() * pairs.vectors).isIdentity(1e-9));
}

TEST(LeadingEigenpairs, AgreeWithTheFullDecomposition) {
  const Eigen::MatrixXd x = normal_factors(500, 300, 1);
  const Eigen::MatrixXd c = x.transpose() * x / 499;
  const Eigenpairs pairs = leading_eigenpairs(c, 40);
  const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> full(c);
  EXPECT_LT((pairs.values - full.eigenvalues().tail(40).reverse()).cwiseAbs().maxCoeff(), 1e-10);
  expect_eigenpairs(c, pairs, pairs.values[0]);
  for (Eigen::Index j = 0; j < 40; ++j) EXPECT_NEAR(std::abs(pairs.vectors.col(j).dot(full.eigenvectors().col(299 - j))), 1, 1e-7) << j;
}

TEST(LeadingEigenpairs, EqualAndNearlyEqualEigenvaluesHaveOrthogonalVectors) {
  Eigen::VectorXd values = Eigen::VectorXd::Constant(260, 1);
  values.head(8) << 9, 9, 9, 5, 5 - 1e-12, 5 - 2e-12, 3, 3;
  const Eigen::MatrixXd c = with_values(values, 2);
  const Eigenpairs pairs = leading_eigenpairs(c, 20);   // and twelve of the ones
  expect_eigenpairs(c, pairs, 9);
  EXPECT_NEAR(pairs.values[2], 9, 1e-10);
  EXPECT_NEAR(pairs.values[19], 1, 1e-10);
}

TEST(LeadingEigenpairs, DiagonalAndZeroMatricesAreNoExceptions) {
  Eigen::MatrixXd c = Eigen::VectorXd::LinSpaced(220, 220, 1).asDiagonal();
  expect_eigenpairs(c, leading_eigenpairs(c, 10), 220);
  c.setZero();
  const Eigenpairs zero = leading_eigenpairs(c, 5);
  EXPECT_EQ(zero.values.cwiseAbs().maxCoeff(), 0);
  EXPECT_TRUE((zero.vectors.transpose() * zero.vectors).isIdentity(1e-9));
  EXPECT_THROW(leading_eigenpairs(c, 0), Error);
}

}  // namespace
}  // namespace geocyte::embed
