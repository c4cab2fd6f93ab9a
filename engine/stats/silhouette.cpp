// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/stats/silhouette.h"

#include <Eigen/Core>
#include <algorithm>
#include <limits>

#include "engine/core/check.h"
#include "engine/kernels/parallel.h"

namespace geocyte::stats {
namespace {

using Matrix = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
constexpr Eigen::Index kTile = 256;

/// Rows sorted by label, centred, with their squared norms.
struct Sorted {
  Matrix x;
  Eigen::VectorXf norm;
  std::vector<Eigen::Index> first;      ///< of each label, and one past the last

  Sorted(const kernels::Points& points, std::span<const std::int32_t> label, int labels, const Eigen::RowVectorXf& mean) {
    first.assign(static_cast<std::size_t>(labels) + 1, 0);
    for (const std::int32_t code : label)
      if (code >= 0) ++first[static_cast<std::size_t>(code) + 1];
    for (std::size_t l = 1; l < first.size(); ++l) first[l] += first[l - 1];
    x.resize(first.back(), points.dims);
    auto at = first;
    for (std::int64_t i = 0; i < points.rows; ++i)
      if (const std::int32_t code = label[static_cast<std::size_t>(i)]; code >= 0)
        x.row(at[static_cast<std::size_t>(code)]++) = Eigen::Map<const Eigen::RowVectorXf>(points.row(i), points.dims) - mean;
    norm = x.rowwise().squaredNorm();
  }
  Eigen::Index count(std::size_t l) const { return first[l + 1] - first[l]; }
};

/// tile x labels: sum of the distances to the cells of each label.
Eigen::MatrixXd summed_distances(const Matrix& tile, const Sorted& all) {
  const Eigen::VectorXf norm = tile.rowwise().squaredNorm();
  Eigen::MatrixXd sum = Eigen::MatrixXd::Zero(tile.rows(), static_cast<Eigen::Index>(all.first.size()) - 1);
  Matrix distance(tile.rows(), kTile);
  for (std::size_t l = 0; l + 1 < all.first.size(); ++l)
    for (Eigen::Index from = all.first[l]; from < all.first[l + 1]; from += kTile) {
      const Eigen::Index columns = std::min(kTile, all.first[l + 1] - from);
      auto block = distance.leftCols(columns);
      block.noalias() = -2.0f * tile * all.x.middleRows(from, columns).transpose();
      block.rowwise() += all.norm.segment(from, columns).transpose();
      block.colwise() += norm;
      sum.col(static_cast<Eigen::Index>(l)) += block.cwiseMax(0.0f).cwiseSqrt().rowwise().sum().cast<double>();
    }
  return sum;
}

double silhouette_of(const Eigen::RowVectorXd& sum, std::size_t own, const Sorted& all) {
  if (all.count(own) < 2) return 0;
  const double a = sum[static_cast<Eigen::Index>(own)] / static_cast<double>(all.count(own) - 1);
  double b = std::numeric_limits<double>::infinity();
  for (std::size_t l = 0; l + 1 < all.first.size(); ++l)
    if (l != own && all.count(l) > 0) b = std::min(b, sum[static_cast<Eigen::Index>(l)] / static_cast<double>(all.count(l)));
  const double larger = std::max(a, b);
  return larger > 0 && larger < std::numeric_limits<double>::infinity() ? (b - a) / larger : 0;
}

}  // namespace

std::vector<double> silhouette(const kernels::Points& points, std::span<const std::int32_t> label, int labels,
                               std::span<const std::int64_t> asked, int threads) {
  require(static_cast<std::int64_t>(label.size()) == points.rows, "one label a row");
  for (const std::int32_t code : label) require(code >= -1 && code < labels, "a label is in range");
  for (const std::int64_t row : asked)
    require(row >= 0 && row < points.rows && label[static_cast<std::size_t>(row)] >= 0, "an asked row has a label");
  const Eigen::Map<const Matrix> x(points.data, points.rows, points.dims);
  const Eigen::RowVectorXf mean = points.rows > 0 ? Eigen::RowVectorXf(x.colwise().mean()) : Eigen::RowVectorXf::Zero(points.dims);
  const Sorted all(points, label, labels, mean);

  std::vector<double> result(asked.size());
  const auto count = static_cast<Eigen::Index>(asked.size());
  kernels::parallel_blocks(threads, (count + kTile - 1) / kTile, [&](std::int64_t block) {
    const Eigen::Index first = block * kTile, rows = std::min(kTile, count - first);
    Matrix tile(rows, points.dims);
    for (Eigen::Index r = 0; r < rows; ++r) tile.row(r) = x.row(asked[static_cast<std::size_t>(first + r)]) - mean;
    const Eigen::MatrixXd sum = summed_distances(tile, all);
    for (Eigen::Index r = 0; r < rows; ++r) {
      const auto i = static_cast<std::size_t>(first + r);
      result[i] = silhouette_of(sum.row(r), static_cast<std::size_t>(label[static_cast<std::size_t>(asked[i])]), all);
    }
  });
  return result;
}

}  // namespace geocyte::stats
