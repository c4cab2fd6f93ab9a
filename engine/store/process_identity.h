// SPDX-License-Identifier: GPL-3.0-or-later
// Which process on which host: what status.json and the lock file say about the owner of a run.
#pragma once

#include <cstdint>
#include <string>

namespace geocyte::store {

struct ProcessIdentity {
  std::string host;
  std::int64_t pid = 0;
  std::uint64_t start_time = 0;            ///< field 22 of /proc/PID/stat: a pid alone is used again
};

std::string host_name();
ProcessIdentity this_process();

enum class Liveness { alive, gone, unknown };
/// `unknown` for a process of another host.
Liveness liveness_of(const ProcessIdentity& process);

/// Resident memory of this process; 0 when the system does not say.
double resident_bytes();

}  // namespace geocyte::store
