// SPDX-License-Identifier: GPL-3.0-or-later
// Child processes that outlive their parent: each is started in a process group of its own, so that closing the window or
// the terminal does not end it. A process is identified by (pid, start time), because pids are used again.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace geocyte {

/// Names one process for ever on this boot of this machine.
struct ProcessId {
  pid_t pid = 0;
  std::uint64_t start_time = 0;  ///< clock ticks since boot: field 22 of /proc/PID/stat; 0 = unknown
  bool operator==(const ProcessId&) const = default;
};

/// The calling process.
ProcessId own_process();
/// What runs under that pid now; nothing when no process does. A zombie counts as ended.
std::optional<ProcessId> find_process(pid_t pid);
/// True while exactly that process runs. With an unknown start time only the pid is compared.
bool is_alive(const ProcessId& process);
/// Sends `signal` if exactly that process runs; false when it is gone. Throws Error{internal} when it is not ours.
bool send_signal(const ProcessId& process, int signal);

struct ChildOptions {
  std::filesystem::path program;              ///< with a slash, or looked up in PATH
  std::vector<std::string> arguments;         ///< without the program's name
  std::filesystem::path working_folder;       ///< empty = that of the parent
  std::map<std::string, std::string> environment;  ///< added to the parent's
  /// Files that receive the output, appended to; both may be the same. Empty = kept in a pipe for read_output().
  std::filesystem::path output_file, error_file;
  int niceness = 0;   ///< added to the parent's, 0 to 19: how much the child stands back where processors are short
};

struct ExitStatus {
  int code = 0;    ///< exit code, or 128 + signal as a shell says it
  int signal = 0;  ///< 0 = it left by itself
};

/// A started child. Destroying the object never ends the child; a finished one is reaped.
class ChildProcess {
 public:
  /// Starts it in its own process group, which a terminal that closes or sends Ctrl+C leaves alone, with stdin from /dev/null and
  /// no inherited descriptors. Throws Error{internal} when the program cannot be executed (said by the child itself, so "not found" is known at once), Error{storage} when
  /// an output file cannot be opened.
  static ChildProcess spawn(const ChildOptions& options);

  ChildProcess(ChildProcess&& other) noexcept;
  ChildProcess& operator=(ChildProcess&& other) noexcept;
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;
  ~ChildProcess();

  const ProcessId& id() const { return id_; }
  /// Exit status once it has ended, without waiting.
  std::optional<ExitStatus> poll();
  /// Waits at most that long; nothing when it still runs. Negative = for ever. Reads the pipes meanwhile, so that a
  /// child that says much does not stand still.
  std::optional<ExitStatus> wait(double seconds = -1);
  bool running() { return !poll().has_value(); }
  /// Sends a signal to the child alone; false when it has ended.
  bool kill(int signal);

  /// What arrived on stdout and stderr since the start (pipes only, newest 4 MB each).
  const std::string& output() { return drain(), output_; }
  const std::string& error_output() { return drain(), error_output_; }

 private:
  ChildProcess() = default;
  void drain();
  void close_pipes();
  void reap(int raw_status);

  ProcessId id_;
  int output_pipe_ = -1, error_pipe_ = -1;
  std::string output_, error_output_;
  std::optional<ExitStatus> status_;
};

}  // namespace geocyte
