// SPDX-License-Identifier: GPL-3.0-or-later
#include <signal.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "engine/core/atomic_file.h"
#include "engine/core/child_process.h"
#include "engine/core/error.h"
#include "engine/core/text.h"

namespace geocyte {

std::optional<ProcessId> find_process(pid_t pid) {
  if (pid <= 0) return std::nullopt;
  std::string stat;
  try {
    stat = read_file("/proc/" + std::to_string(pid) + "/stat", 1 << 16);
  } catch (const Error&) {
    return std::nullopt;
  }
  // "PID (name) S ...": the name may itself hold spaces and brackets, so count from the last bracket; field 3 follows.
  const std::size_t bracket = stat.rfind(')');
  if (bracket == std::string::npos || bracket + 2 >= stat.size()) return std::nullopt;
  const std::vector<std::string> fields = split(std::string_view(stat).substr(bracket + 2), ' ');
  constexpr std::size_t kState = 0, kStartTime = 22 - 3;
  if (fields.size() <= kStartTime || fields[kState] == "Z" || fields[kState] == "X") return std::nullopt;
  std::int64_t start = 0;
  if (!parse_integer(fields[kStartTime], start)) return std::nullopt;
  return ProcessId{pid, static_cast<std::uint64_t>(start)};
}

ProcessId own_process() { return find_process(::getpid()).value_or(ProcessId{::getpid(), 0}); }

bool is_alive(const ProcessId& process) {
  const auto running = find_process(process.pid);
  return running && (process.start_time == 0 || running->start_time == process.start_time);
}

bool send_signal(const ProcessId& process, int signal) {
  if (!is_alive(process)) return false;
  if (::kill(process.pid, signal) == 0) return true;
  if (errno == ESRCH) return false;
  throw Error(ErrorCode::internal,
              "cannot signal process " + std::to_string(process.pid) + ": " + std::strerror(errno),
              "It may belong to another user.");
}

}  // namespace geocyte
