// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/stats/clisi.h"

#include <set>

#include "engine/stats/lisi.h"
#include "engine/stats/source_distances.h"

namespace geocyte::stats {

double clisi(const kernels::KnnGraph& graph, std::span<const std::int32_t> type, int types, double perplexity) {
  const std::vector<double> each = lisi(graph, type, types, perplexity);
  const auto present = static_cast<double>(std::set<std::int32_t>(type.begin(), type.end()).size());
  if (present < 2 || each.empty()) return 1;
  return (present - median(each)) / (present - 1);
}

}  // namespace geocyte::stats
