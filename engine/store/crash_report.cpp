// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/store/crash_report.h"

#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <string>

#include <execinfo.h>
#include <fcntl.h>
#include <signal.h>
#include <time.h>
#include <unistd.h>

#include "engine/core/check.h"
#include "engine/store/run_layout.h"

namespace geocyte::store {
namespace {

constexpr std::array kFatal = {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT};
constexpr std::size_t kStackBytes = std::size_t{64} << 10, kMostFrames = 64;

/// All that the handler needs, made ready before: a handler may not allocate, lock or throw.
struct Prepared {
  std::array<char, 4096> path{};
  const std::atomic<std::int64_t>* step = nullptr;
  void* stack = nullptr;
  stack_t old_stack{};
  std::array<struct sigaction, kFatal.size()> old{};
};

/// A signal handler gets no argument of ours: this is the one place where it can find its state.
std::atomic<Prepared*>& current() {
  static std::atomic<Prepared*> prepared{nullptr};
  return prepared;
}

void put(int file, const char* text) {
  std::size_t length = 0;
  while (text[length]) ++length;
  while (length > 0) {
    const ssize_t written = write(file, text, length);
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return;
    text += written;
    length -= static_cast<std::size_t>(written);
  }
}

void put_number(int file, std::int64_t number) {
  std::array<char, 24> digits{};
  std::size_t at = digits.size() - 1;
  const bool negative = number < 0;
  std::uint64_t rest = negative ? ~static_cast<std::uint64_t>(number) + 1 : static_cast<std::uint64_t>(number);
  do {
    digits[--at] = static_cast<char>('0' + rest % 10);
    rest /= 10;
  } while (rest > 0);
  if (negative) digits[--at] = '-';
  put(file, digits.data() + at);
}

const char* signal_name(int signal) {
  switch (signal) {
    case SIGSEGV: return "SIGSEGV (invalid memory access)";
    case SIGBUS: return "SIGBUS (memory could not be backed, e.g. a full disk below a mapped file)";
    case SIGILL: return "SIGILL (instruction this processor does not know)";
    case SIGFPE: return "SIGFPE (arithmetic error)";
    case SIGABRT: return "SIGABRT (the program gave up)";
    default: return "fatal signal";
  }
}

void copy_maps(int file) {
  const int maps = open("/proc/self/maps", O_RDONLY | O_CLOEXEC);
  if (maps < 0) return;
  std::array<char, 4096> buffer;
  for (ssize_t got = read(maps, buffer.data(), buffer.size()); got > 0; got = read(maps, buffer.data(), buffer.size()))
    if (write(file, buffer.data(), static_cast<std::size_t>(got)) < 0) break;
  close(maps);
}

void write_report(int signal, const void* address) {
  // Whoever comes first reports; a fault in the report itself goes straight to the old handlers.
  const Prepared* prepared = current().exchange(nullptr);
  if (!prepared) return;
  const int file = open(prepared->path.data(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0644);
  if (file < 0) return;
  put(file, "signal: ");
  put(file, signal_name(signal));
  put(file, "\naddress: ");
  put_number(file, reinterpret_cast<std::intptr_t>(address));
  put(file, "\ntime (unix seconds): ");
  put_number(file, time(nullptr));
  put(file, "\npid: ");
  put_number(file, getpid());
  if (prepared->step) {
    put(file, "\nlast step: ");
    put_number(file, prepared->step->load(std::memory_order_relaxed));
  }
  put(file, "\n\nbacktrace:\n");
  std::array<void*, kMostFrames> frames;
  backtrace_symbols_fd(frames.data(), backtrace(frames.data(), static_cast<int>(frames.size())), file);
  put(file, "\nmaps:\n");
  copy_maps(file);
  close(file);
}

void handle(int signal, siginfo_t* info, void*) {
  write_report(signal, info ? info->si_addr : nullptr);
  // Not returning to the faulting instruction: the default action with its exit status and core dump follows.
  ::signal(signal, SIG_DFL);
  raise(signal);
}

}  // namespace

CrashReport::CrashReport(const std::filesystem::path& run, const std::atomic<std::int64_t>* step) {
  auto* prepared = new Prepared;
  const std::string path = (std::filesystem::absolute(run) / kCrashFile).string();
  const bool fits = path.size() < prepared->path.size();
  if (fits) std::memcpy(prepared->path.data(), path.data(), path.size());
  prepared->step = step;
  Prepared* nobody = nullptr;
  if (!fits || !current().compare_exchange_strong(nobody, prepared)) {
    delete prepared;
    require(fits, "the path of a run directory is shorter than 4096 bytes");
    require(false, "one crash report at a time is installed");
  }
  // The first backtrace() loads libgcc, which allocates: done here, so that it is not done in the handler.
  std::array<void*, 4> warm_up;
  backtrace(warm_up.data(), static_cast<int>(warm_up.size()));
  prepared->stack = std::malloc(kStackBytes);
  stack_t stack{};
  stack.ss_sp = prepared->stack;
  stack.ss_size = kStackBytes;
  if (prepared->stack) sigaltstack(&stack, &prepared->old_stack);
  struct sigaction action{};
  action.sa_sigaction = handle;
  action.sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER;
  sigemptyset(&action.sa_mask);
  for (std::size_t i = 0; i < kFatal.size(); ++i) sigaction(kFatal[i], &action, &prepared->old[i]);
}

CrashReport::~CrashReport() {
  Prepared* prepared = current().exchange(nullptr);
  if (!prepared) return;
  for (std::size_t i = 0; i < kFatal.size(); ++i) sigaction(kFatal[i], &prepared->old[i], nullptr);
  if (prepared->stack) sigaltstack(&prepared->old_stack, nullptr);
  std::free(prepared->stack);
  delete prepared;
}

}  // namespace geocyte::store
