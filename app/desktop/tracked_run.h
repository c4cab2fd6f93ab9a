// SPDX-License-Identifier: GPL-3.0-or-later
// What the tailer remembers of one run. For its own source files only.
#pragma once

#include "app/desktop/run_tailer.h"

namespace geocyte::desktop {

struct RunTailer::Tracked {
  explicit Tracked(store::RunReader r) : reader(std::move(r)) {}
  store::RunReader reader;
  bool listed = false;                         ///< lies in the runs folder
  bool announced = false, has_options = false, has_diagnosis = false, settled = false;
  bool more = false;                           ///< scalars are left over from the last look
  store::Health health = store::Health::ok;
  bool has_blocks = false;                     ///< the large arrays of the axes were read, or cannot be
  std::vector<store::SnapshotEntry> snapshots;
  std::shared_ptr<const std::vector<store::Axis>> axes;
  std::shared_ptr<const std::vector<SavedSelection>> selections;
};

}  // namespace geocyte::desktop
