// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/stats/pcr_comparison.h"

#include <Eigen/Core>
#include <algorithm>
#include <limits>

#include "engine/core/check.h"

namespace geocyte::stats {

double source_variance_share(const kernels::Points& points, std::span<const std::int32_t> source, int sources) {
  require(static_cast<std::int64_t>(source.size()) == points.rows, "one source label a row");
  const auto row = [&](std::int64_t i) { return Eigen::Map<const Eigen::RowVectorXf>(points.row(i), points.dims).cast<double>(); };
  Eigen::MatrixXd sum = Eigen::MatrixXd::Zero(sources, points.dims);
  Eigen::VectorXd count = Eigen::VectorXd::Zero(sources);
  for (std::int64_t i = 0; i < points.rows; ++i) {
    const std::int32_t code = source[static_cast<std::size_t>(i)];
    require(code >= 0 && code < sources, "a source label is in range");
    sum.row(code) += row(i);
    count[code] += 1;
  }
  if (points.rows == 0) return 0;
  const Eigen::RowVectorXd mean = sum.colwise().sum() / static_cast<double>(points.rows);
  double between = 0, total = 0;
  for (int s = 0; s < sources; ++s)
    if (count[s] > 0) between += count[s] * (sum.row(s) / count[s] - mean).squaredNorm();
  for (std::int64_t i = 0; i < points.rows; ++i) total += (row(i) - mean).squaredNorm();
  return total > 0 ? std::min(1.0, between / total) : 0;
}

double pcr_comparison(const kernels::Points& before, const kernels::Points& after, std::span<const std::int32_t> source,
                      int sources) {
  require(before.rows == after.rows, "the same cells before and after");
  const double first = source_variance_share(before, source, sources), now = source_variance_share(after, source, sources);
  return first > 0 ? std::max(0.0, (first - now) / first) : std::numeric_limits<double>::quiet_NaN();
}

}  // namespace geocyte::stats
