// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/store/process_identity.h"

#include <array>
#include <cstdio>
#include <limits>

#include <fcntl.h>
#include <unistd.h>

#include "engine/core/child_process.h"

namespace geocyte::store {

std::string host_name() {
  std::array<char, 256> name{};
  if (gethostname(name.data(), name.size() - 1) != 0 || name[0] == '\0') return "localhost";
  return name.data();
}

ProcessIdentity this_process() {
  const ProcessId own = own_process();
  return {host_name(), own.pid, own.start_time};
}

Liveness liveness_of(const ProcessIdentity& process) {
  if (process.host != host_name()) return Liveness::unknown;
  if (process.pid <= 0 || process.pid > std::numeric_limits<pid_t>::max()) return Liveness::gone;
  return is_alive({static_cast<pid_t>(process.pid), process.start_time}) ? Liveness::alive : Liveness::gone;
}

double resident_bytes() {
  std::array<char, 128> text{};
  const int file = open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
  if (file < 0) return 0;
  const ssize_t got = read(file, text.data(), text.size() - 1);
  close(file);
  long long total = 0, resident = 0;
  if (got <= 0 || std::sscanf(text.data(), "%lld %lld", &total, &resident) != 2) return 0;
  return static_cast<double>(resident) * static_cast<double>(sysconf(_SC_PAGESIZE));
}

}  // namespace geocyte::store
