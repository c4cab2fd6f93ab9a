// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/embed/pca.h"

#include <gtest/gtest.h>

#include <Eigen/QR>
#include <cmath>

#include "engine/core/error.h"
#include "engine/core/rng.h"

namespace geocyte::embed {
namespace {

using RowMajorF = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

kernels::Points points_of(const RowMajorF& m) { return {m.data(), m.rows(), m.cols()}; }

RowMajorF normal_matrix(Eigen::Index rows, Eigen::Index cols, std::uint64_t seed) {
  Rng rng(seed);
  RowMajorF m(rows, cols);
  for (Eigen::Index i = 0; i < m.size(); ++i) m.data()[i] = static_cast<float>(rng.normal() * (1 + (i % cols)));
  return m;
}

TEST(Pca, ClosedFormOfFourPoints) {
  // (+-3, 0) and (0, +-1): variances 18/3 and 2/3 along the axes.
  RowMajorF x(4, 2);
  x << 3, 0, -3, 0, 0, 1, 0, -1;
  const Pca pca = fit_pca(points_of(x), 2);
  EXPECT_NEAR(pca.variance[0], 6, 1e-12);
  EXPECT_NEAR(pca.variance[1], 2.0 / 3, 1e-12);
  EXPECT_NEAR(pca.explained(0), 0.9, 1e-12);
  EXPECT_NEAR(pca.components(0, 0), 1, 1e-12);  // positive by the sign rule
  EXPECT_NEAR(pca.components(1, 1), 1, 1e-12);
}

TEST(Pca, ComponentsAreOrthonormalAndScoresHaveTheirVariance) {
  const RowMajorF x = normal_matrix(500, 12, 3);
  const Pca pca = fit_pca(points_of(x), 12);
  EXPECT_TRUE((pca.components.transpose() * pca.components).isIdentity(1e-10));
  const Eigen::MatrixXd scores = pca.transform(points_of(x));
  const Eigen::MatrixXd covariance = scores.transpose() * scores / 499.0;
  EXPECT_TRUE(covariance.isApprox(Eigen::MatrixXd(pca.variance.asDiagonal()), 1e-9));
  EXPECT_NEAR(scores.colwise().mean().norm(), 0, 1e-9);
  EXPECT_NEAR(pca.variance.sum(), pca.total_variance, 1e-9 * pca.total_variance);
}

TEST(Pca, AllComponentsKeepDistances) {
  const RowMajorF x = normal_matrix(60, 8, 4);
  const Eigen::MatrixXd scores = fit_pca(points_of(x), 8).transform(points_of(x));
  for (int i = 1; i < 60; ++i)
    EXPECT_NEAR((scores.row(i) - scores.row(0)).norm(), (x.row(i) - x.row(0)).cast<double>().norm(), 1e-5);
}

TEST(Pca, GramAndCovarianceFormsAgree) {
  // The same data seen as 40 x 39 (covariance) and with two constant dimensions more, 40 x 41 (Gram).
  const RowMajorF narrow = normal_matrix(40, 39, 5);
  RowMajorF wide = RowMajorF::Zero(40, 41);
  wide.leftCols(39) = narrow;
  wide.rightCols(2).setConstant(7);
  const Pca a = fit_pca(points_of(narrow), 10), b = fit_pca(points_of(wide), 10);
  EXPECT_TRUE(a.variance.isApprox(b.variance, 1e-9));
  EXPECT_TRUE(a.components.isApprox(b.components.topRows(39), 1e-6));
  EXPECT_NEAR(b.components.bottomRows(2).norm(), 0, 1e-9);
}

TEST(Pca, SignDoesNotDependOnTheOrderOfRowsAndScoresTurnWithTheData) {
  const RowMajorF x = normal_matrix(200, 6, 6);
  const RowMajorF reversed = x.colwise().reverse();
  EXPECT_TRUE(fit_pca(points_of(x), 3).components.isApprox(fit_pca(points_of(reversed), 3).components, 1e-9));
  const RowMajorF moved = (x.array() + 10).matrix();
  EXPECT_TRUE(fit_pca(points_of(x), 3).components.isApprox(fit_pca(points_of(moved), 3).components, 1e-4));
}

TEST(Pca, VarianceIsInvariantUnderRotation) {
  const RowMajorF x = normal_matrix(300, 5, 7);
  const Eigen::MatrixXd q =
      Eigen::HouseholderQR<Eigen::MatrixXd>(Eigen::MatrixXd(normal_matrix(5, 5, 8).cast<double>())).householderQ();
  const RowMajorF turned = (x.cast<double>() * q).cast<float>();
  EXPECT_TRUE(fit_pca(points_of(x), 5).variance.isApprox(fit_pca(points_of(turned), 5).variance, 1e-5));
}

TEST(Pca, FewPointsGiveFewComponentsAndConstantPointsNone) {
  const RowMajorF x = normal_matrix(3, 20, 9);
  EXPECT_EQ(fit_pca(points_of(x), 10).count(), 2);
  const RowMajorF constant = RowMajorF::Constant(4, 9, 2.5f);
  const Pca none = fit_pca(points_of(constant), 2);
  EXPECT_EQ(none.count(), 0);
  EXPECT_EQ(none.explained(), 0);
}

TEST(Pca, BadInputIsOneSentence) {
  RowMajorF x = normal_matrix(10, 3, 1);
  EXPECT_THROW(fit_pca({x.data(), 1, 3}, 2), Error);
  EXPECT_THROW(fit_pca({x.data(), 10, 0}, 2), Error);
  x(4, 1) = std::nanf("");
  try {
    fit_pca(points_of(x), 2);
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::bad_data);
    EXPECT_NE(std::string(error.what()).find("row 5"), std::string::npos);
  }
}

}  // namespace
}  // namespace geocyte::embed
