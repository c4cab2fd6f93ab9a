// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/engine/signal_stop.h"

#include <csignal>
#include <cstdio>

#include <unistd.h>

namespace geocyte::app {
namespace {

sigset_t stop_signals() {
  sigset_t set;
  sigemptyset(&set);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) sigaddset(&set, signal);
  return set;
}

}  // namespace

SignalStop::SignalStop(const char* says) : says_(says) {
  const sigset_t set = stop_signals();
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
  std::signal(SIGPIPE, SIG_IGN);  // a reader of our output that went away is no reason to lose a run
  std::signal(SIGXFSZ, SIG_IGN);  // a quota is reported by write(), as a full disk is
  thread_ = std::thread([this] { wait(); });
}

SignalStop::~SignalStop() {
  done_ = true;
  thread_.join();
}

void SignalStop::wait() {
  const sigset_t set = stop_signals();
  constexpr timespec kLook{0, 100'000'000};
  while (!done_) {
    const int signal = sigtimedwait(&set, nullptr, &kLook);
    if (signal < 0) continue;
    if (source_.stop_requested() && signal == SIGINT) _exit(130);
    std::fprintf(stderr, "\n%s\n", says_);
    source_.request_stop();
  }
}

}  // namespace geocyte::app
