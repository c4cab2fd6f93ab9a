// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/data/split.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "engine/core/check.h"

namespace geocyte::data {

Split split_by_source(const std::vector<std::int32_t>& source_of_cell, int n_sources, double held_out_fraction,
                      Rng& rng, const std::vector<int>& whole) {
  require(held_out_fraction >= 0 && held_out_fraction < 1, "the held-out fraction is in [0, 1)");
  std::vector<std::vector<std::int64_t>> cells_of(static_cast<std::size_t>(std::max(n_sources, 0)));
  for (std::size_t cell = 0; cell < source_of_cell.size(); ++cell) {
    const std::int32_t source = source_of_cell[cell];
    require(source >= 0 && source < n_sources, "every cell belongs to one of the sources");
    cells_of[source].push_back(static_cast<std::int64_t>(cell));
  }

  Split split;
  for (int source = 0; source < n_sources; ++source) {
    auto& cells = cells_of[static_cast<std::size_t>(source)];
    const auto n = static_cast<std::int64_t>(cells.size());
    std::int64_t held = std::llround(held_out_fraction * static_cast<double>(n));
    if (held == 0 && n >= 5 && held_out_fraction > 0) held = 1;
    held = std::min(held, std::max<std::int64_t>(n - 1, 0));  // a source always keeps a cell to train on
    // The first `held` places of a Fisher-Yates shuffle are a uniform draw without replacement.
    for (std::int64_t i = 0; i < held; ++i)
      std::swap(cells[i], cells[i + static_cast<std::int64_t>(rng.below(static_cast<std::uint64_t>(n - i)))]);
    if (std::find(whole.begin(), whole.end(), source) != whole.end()) held = n;
    split.held_out.insert(split.held_out.end(), cells.begin(), cells.begin() + held);
    split.train.insert(split.train.end(), cells.begin() + held, cells.end());
  }
  std::sort(split.train.begin(), split.train.end());
  std::sort(split.held_out.begin(), split.held_out.end());
  split.method = fmt::format("{:.4g} % of each source at random", 100 * held_out_fraction);
  return split;
}

}  // namespace geocyte::data
