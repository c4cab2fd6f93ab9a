// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/store/snapshot_retention.h"

#include <algorithm>
#include <limits>

namespace geocyte::store {
namespace {

bool fits(const std::vector<StoredSnapshot>& stored, const std::vector<bool>& kept, const SnapshotLimits& limits) {
  std::size_t count = 0;
  std::uint64_t bytes = 0;
  for (std::size_t i = 0; i < stored.size(); ++i)
    if (kept[i]) ++count, bytes += stored[i].bytes;
  return count <= limits.max_count && bytes <= limits.max_bytes;
}

}  // namespace

std::vector<std::int64_t> snapshots_to_remove(const std::vector<StoredSnapshot>& stored, const SnapshotLimits& limits,
                                              std::optional<std::int64_t> best_step) {
  const std::size_t n = stored.size();
  std::vector<bool> kept(n, true);
  if (n < 3 || fits(stored, kept, limits)) return {};
  std::size_t best = 0;
  if (best_step)
    while (best + 1 < n && stored[best + 1].step <= *best_step) ++best;
  std::int64_t spacing = std::numeric_limits<std::int64_t>::max();
  for (std::size_t i = 1; i < n; ++i) spacing = std::min(spacing, stored[i].step - stored[i - 1].step);
  const std::int64_t span = stored[n - 1].step - stored[0].step;
  for (spacing = std::max<std::int64_t>(spacing, 1); !fits(stored, kept, limits); spacing *= 2) {
    std::int64_t last = stored[0].step;
    for (std::size_t i = 1; i + 1 < n; ++i) {
      const bool far_enough = stored[i].step - last >= spacing;
      kept[i] = far_enough || i == best;
      if (far_enough) last = stored[i].step;
    }
    if (spacing > span) break;  // first, best and last are all that is left
  }
  std::vector<std::int64_t> removed;
  for (std::size_t i = 0; i < n; ++i)
    if (!kept[i]) removed.push_back(stored[i].step);
  return removed;
}

}  // namespace geocyte::store
