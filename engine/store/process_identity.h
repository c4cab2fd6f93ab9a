// SPDX-License-Identifier: GPL-3.0-or-later
// Which process on which host. A pid alone is reused; with its start time it is not.
#pragma once

#include <cstdint>
#include <string>

namespace geocyte::store {

struct ProcessIdentity {
  std::string host;
  std::int64_t pid = 0;
  std::uint64_t start_time = 0;            ///< field 22 of /proc/PID/stat, in clock ticks since boot
};

std::string host_name();
ProcessIdentity this_process();

/// Start time of a process of this host; 0 when there is none (a zombie counts as none).
std::uint64_t start_time_of(std::int64_t pid);

enum class Liveness { alive, gone, unknown };
/// `unknown` for a process of another host.
Liveness liveness_of(const ProcessIdentity& process);

/// Resident memory of this process; 0 when the system does not say.
double resident_bytes();

}  // namespace geocyte::store
