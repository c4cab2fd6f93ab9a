// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/stats/kbet.h"

#include <algorithm>
#include <vector>

#include "engine/core/check.h"
#include "engine/stats/chi_square.h"

namespace geocyte::stats {

double kbet(const kernels::KnnGraph& graph, std::span<const std::int32_t> source, int sources, double alpha) {
  require(static_cast<std::int64_t>(source.size()) == graph.rows, "one source label a row of the graph");
  std::vector<double> share(static_cast<std::size_t>(sources), 0);
  for (const std::int32_t code : source) {
    require(code >= 0 && code < sources, "a source label is in range");
    share[static_cast<std::size_t>(code)] += 1.0 / static_cast<double>(graph.rows);
  }
  const auto present = std::count_if(share.begin(), share.end(), [](double value) { return value > 0; });
  if (present < 2) return 1;

  std::int64_t accepted = 0;
  std::vector<int> observed(share.size());
  for (std::int64_t i = 0; i < graph.rows; ++i) {
    std::fill(observed.begin(), observed.end(), 0);
    ++observed[static_cast<std::size_t>(source[static_cast<std::size_t>(i)])];
    int k = 1;
    for (int j = 0; j < graph.k; ++j, ++k) {
      const std::int32_t other = graph.index[static_cast<std::size_t>(i * graph.k + j)];
      if (other < 0) break;
      ++observed[static_cast<std::size_t>(source[static_cast<std::size_t>(other)])];
    }
    double statistic = 0;
    for (std::size_t b = 0; b < share.size(); ++b) {
      if (!(share[b] > 0)) continue;
      const double expected = k * share[b];
      statistic += (observed[b] - expected) * (observed[b] - expected) / expected;
    }
    accepted += chi_square_upper_tail(statistic, static_cast<double>(present - 1)) >= alpha;
  }
  return graph.rows > 0 ? static_cast<double>(accepted) / static_cast<double>(graph.rows) : 1;
}

}  // namespace geocyte::stats
