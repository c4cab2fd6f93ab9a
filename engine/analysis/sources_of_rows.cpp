// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/analysis/sources_of_rows.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "engine/core/error.h"

namespace geocyte::analysis {

SourcesOfRows sources_of_rows(const RowLabels& labels, const store::Axis* axis) {
  SourcesOfRows sources{labels.categories, labels.codes};
  if (axis == nullptr) return sources;
  sources.names = axis->ids;
  std::vector<std::int32_t> place(labels.categories.size(), -1);
  for (std::size_t c = 0; c < place.size(); ++c) {
    const auto at = std::find(axis->ids.begin(), axis->ids.end(), labels.categories[c]);
    if (at == axis->ids.end())
      throw Error(ErrorCode::bad_data,
                  fmt::format("axis {} has no row for the category {}", axis->name, labels.categories[c]));
    place[c] = static_cast<std::int32_t>(at - axis->ids.begin());
  }
  for (auto& code : sources.codes)
    if (code >= 0) code = place[code];
  return sources;
}

std::vector<std::int32_t> group_of_sources(const std::vector<std::int32_t>& sources, std::size_t count,
                                           const RowLabels& groups) {
  std::vector<std::map<std::int32_t, int>> votes(count);
  for (std::size_t i = 0; i < sources.size(); ++i)
    if (sources[i] >= 0 && groups.codes[i] >= 0) ++votes[sources[i]][groups.codes[i]];
  std::vector<std::int32_t> group(count, -1);
  for (std::size_t s = 0; s < count; ++s) {
    int most = 0;
    for (const auto& [code, times] : votes[s])
      if (times > most) {
        most = times;
        group[s] = code;
      }
  }
  return group;
}

SplitOfRows split_of_rows(const RowsOfSnapshot& rows, const std::vector<store::Axis>& axes) {
  SplitOfRows found;
  const auto split = read_labels(rows, "split", axes);
  const std::int32_t held_out = split ? split->code_of("held_out") : -1;
  if (held_out < 0) return found;
  for (std::int64_t i = 0; i < rows.count(); ++i)
    (split->codes[static_cast<std::size_t>(i)] == held_out ? found.held_out : found.train).push_back(i);
  if (found.held_out.empty()) found.train.clear();
  return found;
}

}  // namespace geocyte::analysis
