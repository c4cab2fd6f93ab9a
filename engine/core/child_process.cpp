// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/core/child_process.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstring>
#include <utility>

#include "engine/core/error.h"

extern char** environ;

namespace geocyte {
namespace {

constexpr std::size_t kKeptOutputBytes = 4'000'000;

struct Pipe {
  int read_end = -1, write_end = -1;
  void open() {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0)
      throw Error(ErrorCode::internal, std::string("cannot open a pipe: ") + std::strerror(errno));
    read_end = ends[0];
    write_end = ends[1];
  }
  void close_write() {
    if (write_end >= 0) ::close(std::exchange(write_end, -1));
  }
  int take_read() { return std::exchange(read_end, -1); }
  ~Pipe() {
    close_write();
    if (read_end >= 0) ::close(read_end);
  }
};

struct File {
  int fd = -1;
  ~File() {
    if (fd >= 0) ::close(fd);
  }
};

void open_output(File& file, const std::filesystem::path& path) {
  file.fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
  if (file.fd < 0)
    throw Error(ErrorCode::storage, "cannot write " + path.string() + ": " + std::strerror(errno),
                "Check that the folder exists and may be written.");
}

std::vector<std::string> merged_environment(const std::map<std::string, std::string>& added) {
  std::vector<std::string> merged;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string text(*entry);
    if (!added.contains(text.substr(0, text.find('=')))) merged.push_back(text);
  }
  for (const auto& [name, value] : added) merged.push_back(name + "=" + value);
  return merged;
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> result;
  for (auto& text : texts) result.push_back(text.data());
  result.push_back(nullptr);
  return result;
}

/// What the child needs after fork. Everything is allocated before, since only async-signal-safe calls are allowed there.
struct Launch {
  const char* program;
  const char* folder;  ///< nullptr = stay
  char** arguments;
  char** environment;
  int output, error, report;
  int priority;
};

[[noreturn]] void run_child(const Launch& launch) {
  const auto fail = [&] {
    const int error = errno;
    [[maybe_unused]] const ssize_t ignored = ::write(launch.report, &error, sizeof error);
    ::_exit(127);
  };
  // A process group of its own is enough to outlive the terminal, and Ctrl+C there. Not a session: Linux weighs sessions against each other
  // before processes (sched(7), autogroup), and a parent then waits up to 200 ms for a core that its child holds, whatever their nice values.
  ::setpgid(0, 0);
  // Signal masks and ignored signals are inherited through exec; the child starts with neither.
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGPIPE, SIGCHLD}) ::signal(signal, SIG_DFL);
  const int nothing = ::open("/dev/null", O_RDONLY);
  if (nothing < 0 || ::dup2(nothing, 0) < 0 || ::dup2(launch.output, 1) < 0 || ::dup2(launch.error, 2) < 0) fail();
  if (nothing > 2) ::close(nothing);
  if (launch.folder != nullptr && ::chdir(launch.folder) != 0) fail();
  ::setpriority(PRIO_PROCESS, 0, launch.priority);   // where it is refused, the child runs as its parent does
  environ = launch.environment;
  ::execvp(launch.program, launch.arguments);
  fail();
  ::_exit(127);
}

/// Appends what a pipe holds now; closes it at its end. Keeps the newest bytes only.
void drain_pipe(int& pipe, std::string& text) {
  char buffer[16384];
  while (pipe >= 0) {
    const ssize_t got = ::read(pipe, buffer, sizeof buffer);
    if (got > 0) {
      text.append(buffer, static_cast<std::size_t>(got));
      if (text.size() > 2 * kKeptOutputBytes) text.erase(0, text.size() - kKeptOutputBytes);
    } else if (got == 0) {
      ::close(std::exchange(pipe, -1));
    } else if (errno != EINTR) {
      return;
    }
  }
}

}  // namespace

ChildProcess ChildProcess::spawn(const ChildOptions& options) {
  Pipe output, error, report;
  File output_file, error_file;
  report.open();
  if (options.output_file.empty()) output.open();
  else open_output(output_file, options.output_file);
  if (options.error_file.empty()) error.open();
  else open_output(error_file, options.error_file);

  const std::string program = options.program.string(), folder = options.working_folder.string();
  std::vector<std::string> arguments = options.arguments;
  arguments.insert(arguments.begin(), program);
  std::vector<std::string> environment = merged_environment(options.environment);
  std::vector<char*> argument_pointers = pointers(arguments), environment_pointers = pointers(environment);
  const int priority = std::clamp(::getpriority(PRIO_PROCESS, 0) + options.niceness, 0, 19);
  const Launch launch{program.c_str(),
                      folder.empty() ? nullptr : folder.c_str(),
                      argument_pointers.data(),
                      environment_pointers.data(),
                      output_file.fd >= 0 ? output_file.fd : output.write_end,
                      error_file.fd >= 0 ? error_file.fd : error.write_end,
                      report.write_end,
                      priority};
  const pid_t pid = ::fork();
  if (pid < 0) throw Error(ErrorCode::internal, std::string("cannot start a process: ") + std::strerror(errno));
  if (pid == 0) run_child(launch);

  report.close_write();
  int failure = 0;
  ssize_t got;
  do got = ::read(report.read_end, &failure, sizeof failure);
  while (got < 0 && errno == EINTR);
  if (got > 0) {  // exec closes this pipe; bytes in it mean that exec never happened
    while (::waitpid(pid, nullptr, 0) < 0 && errno == EINTR) {}
    throw Error(ErrorCode::internal, "cannot start " + program + ": " + std::strerror(failure),
                "Check that it is installed and may be executed.");
  }
  ChildProcess child;
  child.id_ = find_process(pid).value_or(ProcessId{pid, 0});
  child.output_pipe_ = output.take_read();
  child.error_pipe_ = error.take_read();
  for (const int fd : {child.output_pipe_, child.error_pipe_})
    if (fd >= 0) ::fcntl(fd, F_SETFL, O_NONBLOCK);
  return child;
}

ChildProcess::ChildProcess(ChildProcess&& other) noexcept { *this = std::move(other); }

ChildProcess& ChildProcess::operator=(ChildProcess&& other) noexcept {
  if (this == &other) return *this;
  close_pipes();
  id_ = std::exchange(other.id_, {});
  output_pipe_ = std::exchange(other.output_pipe_, -1);
  error_pipe_ = std::exchange(other.error_pipe_, -1);
  output_ = std::move(other.output_);
  error_output_ = std::move(other.error_output_);
  status_ = other.status_;
  return *this;
}

ChildProcess::~ChildProcess() {
  if (id_.pid > 0 && !status_) {
    int raw = 0;
    ::waitpid(id_.pid, &raw, WNOHANG);
  }
  close_pipes();
}

void ChildProcess::close_pipes() {
  for (int* pipe : {&output_pipe_, &error_pipe_})
    if (*pipe >= 0) ::close(std::exchange(*pipe, -1));
}

void ChildProcess::drain() {
  drain_pipe(output_pipe_, output_);
  drain_pipe(error_pipe_, error_output_);
}

void ChildProcess::reap(int raw_status) {
  ExitStatus status;
  if (WIFSIGNALED(raw_status)) {
    status.signal = WTERMSIG(raw_status);
    status.code = 128 + status.signal;
  } else {
    status.code = WEXITSTATUS(raw_status);
  }
  status_ = status;
}

std::optional<ExitStatus> ChildProcess::poll() {
  drain();
  if (status_ || id_.pid <= 0) return status_;
  int raw = 0;
  const pid_t ended = ::waitpid(id_.pid, &raw, WNOHANG);
  if (ended == id_.pid) reap(raw);
  else if (ended < 0 && errno == ECHILD) status_ = ExitStatus{};  // reaped elsewhere: its code is lost
  if (status_) drain();
  return status_;
}

std::optional<ExitStatus> ChildProcess::wait(double seconds) {
  using Clock = std::chrono::steady_clock;
  const auto start = Clock::now();
  int pause_ms = 1;
  for (;;) {
    if (poll()) return status_;
    const double left = seconds - std::chrono::duration<double>(Clock::now() - start).count();
    if (seconds >= 0 && left <= 0) return std::nullopt;
    pollfd watched[2] = {{output_pipe_, POLLIN, 0}, {error_pipe_, POLLIN, 0}};  // negative descriptors are ignored
    const int limit_ms = seconds < 0 ? pause_ms : std::min(pause_ms, static_cast<int>(std::min(left, 1.0) * 1000) + 1);
    ::poll(watched, 2, limit_ms);
    pause_ms = std::min(2 * pause_ms, 20);
  }
}

bool ChildProcess::kill(int signal) { return !poll() && ::kill(id_.pid, signal) == 0; }

}  // namespace geocyte
