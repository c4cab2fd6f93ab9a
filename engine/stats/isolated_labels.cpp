// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/stats/isolated_labels.h"

#include <algorithm>
#include <limits>
#include <set>
#include <vector>

#include "engine/core/check.h"
#include "engine/stats/silhouette.h"

namespace geocyte::stats {

double isolated_labels(const kernels::Points& points, std::span<const std::int32_t> type, int types,
                       std::span<const std::int32_t> source, int threads) {
  require(static_cast<std::int64_t>(type.size()) == points.rows && type.size() == source.size(), "one type and source a row");
  std::vector<std::set<std::int32_t>> sources(static_cast<std::size_t>(types));
  for (std::size_t i = 0; i < type.size(); ++i) {
    require(type[i] >= -1 && type[i] < types, "a type is in range");
    if (type[i] >= 0) sources[static_cast<std::size_t>(type[i])].insert(source[i]);
  }
  std::size_t fewest = std::numeric_limits<std::size_t>::max();
  for (const auto& one : sources)
    if (!one.empty()) fewest = std::min(fewest, one.size());
  std::vector<std::int64_t> asked;
  for (std::size_t i = 0; i < type.size(); ++i)
    if (type[i] >= 0 && sources[static_cast<std::size_t>(type[i])].size() == fewest) asked.push_back(static_cast<std::int64_t>(i));
  if (asked.empty()) return std::numeric_limits<double>::quiet_NaN();

  const std::vector<double> s = silhouette(points, type, types, asked, threads);
  std::vector<double> sum(static_cast<std::size_t>(types), 0), count(static_cast<std::size_t>(types), 0);
  for (std::size_t i = 0; i < asked.size(); ++i) {
    const auto t = static_cast<std::size_t>(type[static_cast<std::size_t>(asked[i])]);
    sum[t] += (s[i] + 1) / 2;
    count[t] += 1;
  }
  double total = 0;
  int isolated = 0;
  for (std::size_t t = 0; t < sum.size(); ++t) {
    if (count[t] == 0) continue;
    total += sum[t] / count[t];
    ++isolated;
  }
  return total / isolated;
}

}  // namespace geocyte::stats
