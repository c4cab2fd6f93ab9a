// SPDX-License-Identifier: GPL-3.0-or-later
// Which snapshots go when there are too many. First, best and last always stay; between them the spacing doubles until
// the rest fits, so that a long run is shown evenly and a short one completely. Depends on what is there only, so that a
// run that was resumed is thinned like one that was not.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

namespace geocyte::store {

struct StoredSnapshot {
  std::int64_t step = 0;
  std::uint64_t bytes = 0;                 ///< with all parts
};

struct SnapshotLimits {
  std::size_t max_count = 60;
  std::uint64_t max_bytes = 300'000'000;
};

/// `stored` ascends by step. `best_step` protects the newest snapshot at or before it. Steps to remove, ascending; empty
/// while the limits hold.
std::vector<std::int64_t> snapshots_to_remove(const std::vector<StoredSnapshot>& stored, const SnapshotLimits& limits,
                                              std::optional<std::int64_t> best_step);

}  // namespace geocyte::store
