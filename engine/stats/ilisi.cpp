// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/stats/ilisi.h"

#include <algorithm>

#include "engine/stats/lisi.h"
#include "engine/stats/source_distances.h"

namespace geocyte::stats {

Ilisi ilisi(const kernels::KnnGraph& graph, std::span<const std::int32_t> source, int sources, double perplexity) {
  Ilisi result;
  result.lisi = lisi(graph, source, sources, perplexity);
  if (result.lisi.empty()) return result;

  result.median = median(result.lisi);
  std::vector<std::int64_t> count(static_cast<std::size_t>(sources), 0);
  for (const std::int32_t code : source) ++count[static_cast<std::size_t>(code)];
  const auto present = std::count_if(count.begin(), count.end(), [](std::int64_t cells) { return cells > 0; });
  if (present < 2) return result;
  double simpson = 0;
  for (const std::int64_t cells : count) {
    const double share = static_cast<double>(cells) / static_cast<double>(graph.rows);
    simpson += share * share;
  }
  const auto others = static_cast<double>(present - 1);
  result.scaled = (result.median - 1) / others;
  result.mixed = (1 / simpson - 1) / others;
  return result;
}

}  // namespace geocyte::stats
