// SPDX-License-Identifier: GPL-3.0-or-later
// Ctrl+C, SIGTERM and a closed terminal ask training to stop: the step is finished, a checkpoint written. A second Ctrl+C
// ends the program at once. Make it before any thread is started: threads inherit the signal mask.
#pragma once

#include <atomic>
#include <thread>

#include "engine/core/stop_token.h"

namespace geocyte::app {

class SignalStop {
 public:
  SignalStop();
  ~SignalStop();
  SignalStop(const SignalStop&) = delete;
  SignalStop& operator=(const SignalStop&) = delete;
  StopToken token() const { return source_.get_token(); }

 private:
  void wait();
  StopSource source_;
  std::atomic<bool> done_{false};
  std::thread thread_;
};

}  // namespace geocyte::app
