// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/stats/collapse.h"

#include <Eigen/Core>
#include <algorithm>
#include <cmath>

#include "engine/core/error.h"
#include "engine/stats/source_distances.h"

namespace geocyte::stats {

namespace {
constexpr double kFloatResolution = 1e-7;
}

Collapse collapse_of(const kernels::Points& points) {
  if (points.rows < 2 || points.dims < 1)
    throw Error(ErrorCode::bad_data, "the spread of an embedding needs at least two points");
  using RowMajorF = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
  const Eigen::Map<const RowMajorF> all(points.data, points.rows, points.dims);
  if (!all.allFinite()) throw Error(ErrorCode::bad_data, "the embedding has a value that is not finite");

  Eigen::MatrixXd centred = all.cast<double>();
  const Eigen::RowVectorXd mean = centred.colwise().mean();
  centred.rowwise() -= mean;
  for (Eigen::Index d = 0; d < centred.cols(); ++d)
    if (centred.col(d).cwiseAbs().maxCoeff() <= kFloatResolution * std::abs(mean[d])) centred.col(d).setZero();
  Eigen::MatrixXd covariance = Eigen::MatrixXd::Zero(points.dims, points.dims);
  covariance.selfadjointView<Eigen::Lower>().rankUpdate(centred.transpose(),
                                                        1.0 / static_cast<double>(points.rows - 1));
  const double diagonal = covariance.diagonal().squaredNorm();
  const double off_diagonal = covariance.triangularView<Eigen::StrictlyLower>().toDenseMatrix().squaredNorm();
  const double squared_norm = diagonal + 2 * off_diagonal;

  Collapse collapse;
  for (Eigen::Index d = 0; d < covariance.rows(); ++d) collapse.std.push_back(std::sqrt(covariance(d, d)));
  collapse.min_std = *std::min_element(collapse.std.begin(), collapse.std.end());
  collapse.median_std = median(collapse.std);
  if (squared_norm > 0) collapse.participation_ratio = covariance.trace() * covariance.trace() / squared_norm;
  return collapse;
}

}  // namespace geocyte::stats
