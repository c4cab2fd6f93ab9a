// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/stats/own_source_share.h"

#include <limits>

#include "engine/core/check.h"

namespace geocyte::stats {

OwnSourceShare own_source_share(const kernels::KnnGraph& graph, std::span<const std::int32_t> source, int sources) {
  require(static_cast<std::int64_t>(source.size()) == graph.rows, "one source label a row of the graph");
  OwnSourceShare result;
  result.count.assign(sources, 0);
  result.share.assign(sources, 0);
  for (std::int64_t i = 0; i < graph.rows; ++i) {
    require(source[i] >= 0 && source[i] < sources, "a source label is in range");
    int own = 0, neighbours = 0;
    for (int j = 0; j < graph.k; ++j) {
      const std::int32_t other = graph.index[i * graph.k + j];
      if (other < 0) break;
      ++neighbours;
      own += source[other] == source[i];
    }
    ++result.count[source[i]];
    if (neighbours > 0) result.share[source[i]] += static_cast<double>(own) / neighbours;
  }
  int present = 0;
  for (int s = 0; s < sources; ++s) {
    if (result.count[s] == 0) {
      result.share[s] = std::numeric_limits<double>::quiet_NaN();
      result.expected.push_back(std::numeric_limits<double>::quiet_NaN());
      continue;
    }
    result.share[s] /= static_cast<double>(result.count[s]);
    result.expected.push_back(
        graph.rows > 1 ? static_cast<double>(result.count[s] - 1) / static_cast<double>(graph.rows - 1) : 0);
    result.mean_share += result.share[s];
    result.mean_expected += result.expected[s];
    ++present;
  }
  if (present > 0) {
    result.mean_share /= present;
    result.mean_expected /= present;
  }
  return result;
}

}  // namespace geocyte::stats
