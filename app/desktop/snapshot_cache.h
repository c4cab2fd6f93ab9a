// SPDX-License-Identifier: GPL-3.0-or-later
// Loaded snapshots of one run, so that scrubbing back and forth reads each file once. Bounded in bytes.
#pragma once

#include <cstdint>
#include <list>
#include <memory>
#include <string>
#include <vector>

#include "engine/store/run_reader.h"

namespace geocyte::desktop {

class SnapshotCache {
 public:
  explicit SnapshotCache(std::size_t max_bytes = std::size_t{256} << 20) : max_bytes_(max_bytes) {}

  struct Loaded {
    std::int64_t step = -1;                                        ///< of the moment that is shown; -1 = nothing there
    std::vector<std::shared_ptr<const store::Snapshot>> parts;     ///< of each part the newest that is not younger
    std::string problem;                                           ///< of a part that could not be read
  };
  /// `step` -1 = the newest. Damaged and vanished files are passed over and named in `problem`.
  Loaded load(const store::RunReader& reader, const std::vector<store::SnapshotEntry>& entries, std::int64_t step);
  void clear();

 private:
  struct Item {
    std::string run;
    std::int64_t step;
    std::string part;
    std::size_t bytes;
    std::shared_ptr<const store::Snapshot> snapshot;
  };
  std::shared_ptr<const store::Snapshot> get(const store::RunReader& reader, std::int64_t step, const std::string& part);
  std::list<Item> items_;       ///< newest use first
  std::size_t bytes_ = 0, max_bytes_;
};

}  // namespace geocyte::desktop
