// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/embed/pca.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/core/check.h"
#include "engine/embed/knn.h"
#include "engine/embed/leading_eigenpairs.h"

namespace geocyte::embed {
namespace {

using RowMajorF = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
constexpr std::int64_t kRowsInDouble = 2048;  // rows held in double at a time
constexpr double kRelativeRank = 1e-12;

Eigen::Map<const RowMajorF> matrix_of(const kernels::Points& points) { return {points.data, points.rows, points.dims}; }

/// Calls visit(first row, block in double) over all rows.
template <class Visit>
void for_blocks(const kernels::Points& points, const Visit& visit) {
  const auto all = matrix_of(points);
  for (std::int64_t first = 0; first < points.rows; first += kRowsInDouble) {
    const std::int64_t rows = std::min(kRowsInDouble, points.rows - first);
    visit(first, Eigen::MatrixXd(all.middleRows(first, rows).cast<double>()));
  }
}

Eigen::RowVectorXd mean_of(const kernels::Points& points) {
  Eigen::RowVectorXd sum = Eigen::RowVectorXd::Zero(points.dims);
  for_blocks(points, [&](std::int64_t, const Eigen::MatrixXd& block) { sum += block.colwise().sum(); });
  return sum / static_cast<double>(points.rows);
}

Eigen::MatrixXd covariance_of(const kernels::Points& points, const Eigen::RowVectorXd& mean) {
  Eigen::MatrixXd sum = Eigen::MatrixXd::Zero(points.dims, points.dims);
  for_blocks(points, [&](std::int64_t, const Eigen::MatrixXd& block) {
    sum.selfadjointView<Eigen::Lower>().rankUpdate((block.rowwise() - mean).transpose());
  });
  return sum / static_cast<double>(points.rows - 1);  // only the lower triangle is filled
}

/// The `count` largest, falling; rounding below 0 is 0.
Eigenpairs largest_eigenpairs(const Eigen::MatrixXd& lower, std::int64_t count) {
  Eigenpairs pairs = leading_eigenpairs(lower, count);
  pairs.values = pairs.values.cwiseMax(0.0).eval();
  return pairs;
}

void fix_signs(Eigen::MatrixXd& components) {
  for (Eigen::Index c = 0; c < components.cols(); ++c) {
    // The first of entries of equal size decides, so that rounding does not.
    const double limit = components.col(c).cwiseAbs().maxCoeff() * (1 - 1e-9);
    Eigen::Index at = 0;
    while (std::abs(components(at, c)) < limit) ++at;
    if (components(at, c) < 0) components.col(c) *= -1;
  }
}

}  // namespace

double Pca::explained(std::int64_t i) const { return total_variance > 0 ? variance[i] / total_variance : 0; }
double Pca::explained() const { return total_variance > 0 ? variance.sum() / total_variance : 0; }

Eigen::MatrixXd Pca::transform(const kernels::Points& points) const {
  require(points.dims == mean.size(), "PCA transforms points of the dimension it was fitted on");
  Eigen::MatrixXd scores(points.rows, count());
  for_blocks(points, [&](std::int64_t first, const Eigen::MatrixXd& block) {
    scores.middleRows(first, block.rows()).noalias() = (block.rowwise() - mean) * components;
  });
  return scores;
}

std::vector<float> Pca::transform_to_float(const kernels::Points& points) const {
  std::vector<float> values(points.rows * count());
  Eigen::Map<RowMajorF>(values.data(), points.rows, count()) = transform(points).cast<float>();
  return values;
}

Pca fit_pca(const kernels::Points& points, int components) {
  require(components >= 1, "PCA needs at least one component");
  if (points.rows < 2 || points.dims < 1)
    throw Error(
        ErrorCode::bad_data,
        fmt::format("PCA needs at least two points with coordinates, but there are {} x {}", points.rows, points.dims));
  if (std::min(points.rows, points.dims) > kMaxPcaSide)
    throw Error(ErrorCode::bad_config,
                fmt::format("exact PCA of {} points with {} dimensions would take too long", points.rows, points.dims),
                fmt::format("choose at most {} genes", kMaxPcaSide));
  require_finite(points, "PCA");

  Pca pca;
  pca.mean = mean_of(points);
  const std::int64_t count = std::min<std::int64_t>({components, points.dims, points.rows - 1});
  if (points.dims <= points.rows) {
    const Eigen::MatrixXd covariance = covariance_of(points, pca.mean);
    pca.total_variance = covariance.trace();
    Eigenpairs largest = largest_eigenpairs(covariance, count);
    pca.variance = std::move(largest.values);
    pca.components = std::move(largest.vectors);
  } else {
    // Fewer points than dimensions: X X' has the same eigenvalues, and V = X' U / sqrt(l (n - 1)).
    const Eigen::MatrixXd centred = matrix_of(points).cast<double>().rowwise() - pca.mean;
    const Eigen::MatrixXd gram = centred * centred.transpose() / static_cast<double>(points.rows - 1);
    pca.total_variance = gram.trace();
    const Eigenpairs largest = largest_eigenpairs(gram, count);
    const double floor = kRelativeRank * largest.values[0];
    std::int64_t rank = 0;
    while (rank < count && largest.values[rank] > floor) ++rank;
    pca.variance = largest.values.head(rank);
    pca.components = centred.transpose() * largest.vectors.leftCols(rank);
    pca.components.colwise().normalize();
  }
  fix_signs(pca.components);
  return pca;
}

}  // namespace geocyte::embed
