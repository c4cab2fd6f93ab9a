// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/baselines/spatial_features.h"

#include "engine/core/check.h"
#include "engine/embed/pca.h"

namespace geocyte::baselines {

std::vector<Eigen::MatrixXd> spatial_features(const std::vector<Eigen::MatrixXd>& expression, const SpatialFeatureOptions& options) {
  require(!expression.empty() && options.components >= 0 && options.clip > 0, "features are of at least one slide");
  std::vector<Eigen::MatrixXd> z;
  Eigen::Index rows = 0;
  for (const auto& x : expression) {
    if (x.cols() != expression.front().cols() || x.rows() < 2) throw Error(ErrorCode::bad_data, "slides have different genes or fewer than two cells");
    if (!x.allFinite()) throw Error(ErrorCode::bad_data, "an expression value is not finite");
    const Eigen::MatrixXd centred = x.rowwise() - x.colwise().mean();
    const Eigen::RowVectorXd sd = (centred.colwise().squaredNorm() / static_cast<double>(x.rows())).cwiseSqrt();
    z.emplace_back((centred.array().rowwise() / (sd.array() + 1e-8)).cwiseMin(options.clip).cwiseMax(-options.clip));
    rows += x.rows();
  }
  if (options.components == 0) return z;
  Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor> all(rows, z.front().cols());
  rows = 0;
  for (const auto& slide : z) {
    all.middleRows(rows, slide.rows()) = slide.cast<float>();
    rows += slide.rows();
  }
  const kernels::Points points{all.data(), all.rows(), all.cols()};
  const Eigen::MatrixXd scores = embed::fit_pca(points, options.components).transform(points);
  rows = 0;
  for (auto& slide : z) {
    const Eigen::Index own = slide.rows();
    slide = scores.middleRows(rows, own);
    rows += own;
  }
  return z;
}

}  // namespace geocyte::baselines
