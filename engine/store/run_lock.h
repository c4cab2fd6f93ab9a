// SPDX-License-Identifier: GPL-3.0-or-later
// Who owns a run directory. The owner holds flock on the file "lock" for as long as it lives, so that the kernel frees it
// even after kill -9; the file says who it was. Two engines never own one run.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "engine/store/process_identity.h"

namespace geocyte::store {

class RunLock {
 public:
  /// Takes the lock of the run in `run`. Throws Error{usage} naming the owner when another process holds it (or another
  /// host that beat within the last 30 s, since flock does not cross every network), Error{storage} when the file cannot be made.
  explicit RunLock(const std::filesystem::path& run);
  /// Clears the file and lets go.
  ~RunLock();
  RunLock(const RunLock&) = delete;
  RunLock& operator=(const RunLock&) = delete;

  /// "" or one sentence about the owner that died without letting go; belongs into the events of the run.
  const std::string& taken_over() const { return taken_over_; }

 private:
  int file_ = -1;
  std::string taken_over_;
};

/// Who the lock file names; pid 0 when nobody. Never throws: the file may be damaged.
ProcessIdentity lock_owner(const std::filesystem::path& run);

}  // namespace geocyte::store
