// SPDX-License-Identifier: GPL-3.0-or-later
// The folder snapshots/ from the writer's side: what is there, what was written, what has to go.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <vector>

#include "engine/store/contract/snapshot.h"
#include "engine/store/snapshot_retention.h"

namespace geocyte::store {

class SnapshotFolder {
 public:
  /// Is told which steps are about to be removed and how many bytes they have, before they are.
  using Removing = std::function<void(const std::vector<std::int64_t>& steps, std::uint64_t bytes)>;
  /// Takes stock of what is there. Not thread-safe.
  SnapshotFolder(std::filesystem::path folder, SnapshotLimits limits, Removing removing);

  /// Writes one file and thins if there are too many now. Returns its bytes; 0 for a part whose raw snapshot was removed
  /// meanwhile, which is not written. Throws Error{storage}.
  std::uint64_t write(const Snapshot& snapshot, std::optional<std::int64_t> best_step);
  /// Removes the snapshots of `first_step` and later: a run that resumes before them writes them again.
  void remove_from(std::int64_t first_step);

 private:
  void remove(const std::vector<std::int64_t>& steps);
  std::filesystem::path folder_;
  SnapshotLimits limits_;
  Removing removing_;
  std::map<std::int64_t, std::map<std::string, std::uint64_t>> files_;   ///< step -> part -> bytes
};

}  // namespace geocyte::store
