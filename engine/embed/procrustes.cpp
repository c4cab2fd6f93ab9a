// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/embed/procrustes.h"

#include <Eigen/LU>
#include <Eigen/SVD>
#include <cmath>

#include "engine/core/check.h"

namespace geocyte::embed {

Eigen::MatrixXd Procrustes::apply(const Eigen::MatrixXd& points) const {
  return (scale * points * rotation).rowwise() + translation;
}

Procrustes fit_procrustes(const Eigen::MatrixXd& source, const Eigen::MatrixXd& target,
                          const ProcrustesOptions& options) {
  require(source.rows() == target.rows() && source.cols() == target.cols() && source.size() > 0,
          "Procrustes needs two configurations of one shape");
  if (!source.allFinite() || !target.allFinite())
    throw Error(ErrorCode::bad_data, "a configuration to be aligned has a value that is not finite");

  const Eigen::RowVectorXd source_mean = source.colwise().mean(), target_mean = target.colwise().mean();
  const Eigen::MatrixXd x = source.rowwise() - source_mean, y = target.rowwise() - target_mean;  // n x d
  const Eigen::JacobiSVD<Eigen::MatrixXd> svd(x.transpose() * y, Eigen::ComputeFullU | Eigen::ComputeFullV);
  Eigen::VectorXd sign = Eigen::VectorXd::Ones(x.cols());
  if (!options.reflection && (svd.matrixU() * svd.matrixV().transpose()).determinant() < 0) sign[x.cols() - 1] = -1;

  Procrustes fit;
  fit.rotation = svd.matrixU() * sign.asDiagonal() * svd.matrixV().transpose();
  const double spread = x.squaredNorm();
  if (options.scale && spread > 0) fit.scale = svd.singularValues().dot(sign) / spread;
  fit.translation = target_mean - fit.scale * source_mean * fit.rotation;
  fit.rms = std::sqrt((fit.scale * x * fit.rotation - y).squaredNorm() / static_cast<double>(x.rows()));
  return fit;
}

}  // namespace geocyte::embed
