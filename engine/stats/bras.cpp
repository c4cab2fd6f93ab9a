// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/stats/bras.h"

#include <Eigen/Core>
#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <vector>

#include "engine/core/check.h"

namespace geocyte::stats {
namespace {

struct Group {
  std::vector<std::int64_t> rows;
  Eigen::VectorXd sum;                 ///< of unit vectors
};

Eigen::VectorXd unit(const kernels::Points& points, std::int64_t row) {
  Eigen::VectorXd x = Eigen::Map<const Eigen::VectorXf>(points.row(row), points.dims).cast<double>();
  const double norm = x.norm();
  return norm > 0 ? Eigen::VectorXd(x / norm) : x;
}

/// Mean over the cells of a type of 1 - |s|.
double score_of_type(const kernels::Points& points, const std::map<std::int32_t, Group>& sources) {
  Eigen::VectorXd all = Eigen::VectorXd::Zero(points.dims);
  std::int64_t cells = 0;
  for (const auto& [source, group] : sources) {
    all += group.sum;
    cells += static_cast<std::int64_t>(group.rows.size());
  }
  double sum = 0;
  for (const auto& [source, group] : sources) {
    const auto own = static_cast<double>(group.rows.size()), others = static_cast<double>(cells) - own;
    for (const std::int64_t row : group.rows) {
      double s = 0;
      if (own > 1) {
        const Eigen::VectorXd x = unit(points, row);
        const double near = x.dot(group.sum), self = x.squaredNorm();
        const double a = (own - 1 - (near - self)) / (own - 1);   // without the cell itself
        const double b = 1 - x.dot(all - group.sum) / others;
        const double larger = std::max(a, b);
        if (larger > 0) s = (b - a) / larger;
      }
      sum += 1 - std::abs(s);
    }
  }
  return sum / static_cast<double>(cells);
}

}  // namespace

double bras(const kernels::Points& points, std::span<const std::int32_t> type, std::span<const std::int32_t> source) {
  require(static_cast<std::int64_t>(type.size()) == points.rows && type.size() == source.size(), "one type and source a row");
  std::map<std::int32_t, std::map<std::int32_t, Group>> types;
  for (std::int64_t row = 0; row < points.rows; ++row) {
    const auto i = static_cast<std::size_t>(row);
    if (type[i] < 0) continue;
    Group& group = types[type[i]][source[i]];
    if (group.rows.empty()) group.sum = Eigen::VectorXd::Zero(points.dims);
    group.rows.push_back(row);
    group.sum += unit(points, row);
  }
  double sum = 0;
  int counted = 0;
  for (const auto& [code, sources] : types) {
    const bool all_alone = std::all_of(sources.begin(), sources.end(), [](const auto& one) { return one.second.rows.size() == 1; });
    if (sources.size() < 2 || all_alone) continue;
    sum += score_of_type(points, sources);
    ++counted;
  }
  return counted > 0 ? sum / counted : std::numeric_limits<double>::quiet_NaN();
}

}  // namespace geocyte::stats
