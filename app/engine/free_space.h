// SPDX-License-Identifier: GPL-3.0-or-later
// What this machine has left for a run.
#pragma once

#include <filesystem>

namespace geocyte::app {

/// Memory that can be taken without swapping, in bytes: MemAvailable, or what the control group leaves where that is less.
/// 0 when the system does not say.
double free_memory_bytes();

struct FreeDisk {
  std::filesystem::path folder;            ///< the nearest folder that exists
  double bytes = 0;
  bool writable = false;
};

/// Room where `folder` is, or would be made.
FreeDisk free_disk(const std::filesystem::path& folder);

}  // namespace geocyte::app
