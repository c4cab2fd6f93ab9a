// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/stats/kbet_by_type.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <vector>

#include "engine/core/check.h"
#include "engine/kernels/knn.h"
#include "engine/stats/kbet.h"

namespace geocyte::stats {
namespace {

constexpr std::int64_t kFewestCells = 10, kFewestNeighbours = 10, kMostNeighbours = 70;

}  // namespace

TypeKbet kbet_by_type(const kernels::Points& points, std::span<const std::int32_t> type, std::span<const std::int32_t> source, int sources,
                      double alpha, int threads) {
  require(static_cast<std::int64_t>(type.size()) == points.rows && type.size() == source.size(), "one type and source a row");
  for (const std::int32_t code : source) require(code >= 0 && code < sources, "a source label is in range");
  std::map<std::int32_t, std::vector<std::size_t>> rows_of;
  for (std::size_t i = 0; i < type.size(); ++i)
    if (type[i] >= 0) rows_of[type[i]].push_back(i);

  TypeKbet result;
  double sum = 0, variance = 0;
  for (const auto& [kind, rows] : rows_of) {
    std::map<std::int32_t, std::int64_t> cells;
    std::vector<std::int32_t> own;
    std::vector<float> values;
    for (const std::size_t row : rows) {
      ++cells[source[row]];
      own.push_back(source[row]);
      const float* at = points.row(static_cast<std::int64_t>(row));
      values.insert(values.end(), at, at + points.dims);
    }
    const auto n = static_cast<std::int64_t>(rows.size());
    if (n < kFewestCells || cells.size() < 2) continue;
    kernels::KnnOptions knn;
    const std::int64_t wanted = std::clamp(n / static_cast<std::int64_t>(cells.size()) / 4, kFewestNeighbours, kMostNeighbours);
    knn.k = static_cast<int>(std::min(wanted, n - 1));
    knn.threads = threads;
    const double accepted = kbet(kernels::exact_knn({values.data(), n, points.dims}, knn), own, sources, alpha);
    sum += accepted;
    variance += accepted * (1 - accepted) / static_cast<double>(n);
    ++result.types;
    result.cells += n;
  }
  result.mean = result.types > 0 ? sum / result.types : std::numeric_limits<double>::quiet_NaN();
  if (result.types > 0) result.error = std::sqrt(variance) / result.types;
  return result;
}

}  // namespace geocyte::stats
