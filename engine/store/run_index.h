// SPDX-License-Identifier: GPL-3.0-or-later
// Which runs lie in a folder. Cheap enough for a look a second: a folder whose times did not change is not read again.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "engine/store/run_reader.h"

namespace geocyte::store {

struct IndexedRun {
  std::filesystem::path directory;
  RunFacts facts;
  std::string problem;                     ///< why it cannot be opened, one sentence; "" = it can
};

struct IndexLimits {
  int max_depth = 3;                       ///< of folders of foreign event files below the runs folder
  std::size_t max_folders = 20'000;        ///< looked at in one scan
};

class RunIndex {
 public:
  explicit RunIndex(std::filesystem::path runs, IndexLimits limits = {}) : runs_(std::move(runs)), limits_(limits) {}

  /// All runs, newest first. A missing runs folder has none. Links to folders are not followed.
  std::vector<IndexedRun> scan();

 private:
  struct Known {
    std::int64_t stamp = 0;
    IndexedRun run;
    bool seen = false;
  };
  void visit(const std::filesystem::path& folder, int depth, std::size_t& visited);
  std::filesystem::path runs_;
  IndexLimits limits_;
  std::map<std::string, Known> known_;
};

}  // namespace geocyte::store
