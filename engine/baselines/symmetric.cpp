// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/baselines/symmetric.h"

#include <Eigen/Eigenvalues>
#include <cmath>

#include "engine/core/check.h"

namespace geocyte::baselines {

Eigen::MatrixXd symmetric_power(const Eigen::MatrixXd& matrix, double p) {
  constexpr double kRelativeRank = 1e-12;
  require(matrix.rows() == matrix.cols() && matrix.rows() > 0, "a power is taken of a square matrix");
  const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver(matrix);
  require(solver.info() == Eigen::Success, "the eigenvalues of a covariance converge");
  const double floor = kRelativeRank * solver.eigenvalues().cwiseAbs().maxCoeff();
  const Eigen::VectorXd powers =
      solver.eigenvalues().unaryExpr([&](double value) { return value > floor ? std::pow(value, p) : 0.0; });
  return solver.eigenvectors() * powers.asDiagonal() * solver.eigenvectors().transpose();
}

}  // namespace geocyte::baselines
