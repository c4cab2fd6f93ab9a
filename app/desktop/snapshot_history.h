// SPDX-License-Identifier: GPL-3.0-or-later
// Small arrays of a run at every moment that was kept: the source of sparklines and of pairs over training. Each file is
// read once; which parts hold the wanted names is learnt from the first file of each part. Raw arrays (part "") are never
// read for this: they are large.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "engine/store/run_reader.h"

namespace geocyte::desktop {

class SnapshotHistory {
 public:
  using Moments = std::vector<std::shared_ptr<const store::Snapshot>>;
  /// The wanted arrays of all entries, ascending by step; moments without any of them are left out. Damaged and vanished
  /// files are passed over. Another run, or other names, start it anew.
  Moments load(const store::RunReader& reader, const std::vector<store::SnapshotEntry>& entries, const std::set<std::string>& names);

 private:
  struct Moment {
    std::set<std::string> read;                ///< parts
    std::shared_ptr<const store::Snapshot> snapshot;
  };
  void add(const store::RunReader& reader, const store::SnapshotEntry& entry, Moment& moment);
  std::string run_;
  std::set<std::string> names_;
  std::map<std::string, bool> useful_;         ///< part -> holds something that is wanted
  std::map<std::int64_t, Moment> moments_;
};

}  // namespace geocyte::desktop
