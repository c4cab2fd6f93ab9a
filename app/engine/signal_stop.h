// SPDX-License-Identifier: GPL-3.0-or-later
// Ctrl+C, SIGTERM and a closed terminal ask training to stop: the step is finished, a checkpoint written. A second Ctrl+C
// ends the program at once; other work says in its own words what a stop means. Make it before any thread is started: threads inherit the signal mask.
#pragma once

#include <atomic>
#include <thread>

#include "engine/core/stop_token.h"

namespace geocyte::app {

class SignalStop {
 public:
  /// `says`: what a first signal is answered with.
  explicit SignalStop(const char* says = "stopping after this step; once more ends at once without a checkpoint");
  ~SignalStop();
  SignalStop(const SignalStop&) = delete;
  SignalStop& operator=(const SignalStop&) = delete;
  StopToken token() const { return source_.get_token(); }

 private:
  void wait();
  const char* says_;
  StopSource source_;
  std::atomic<bool> done_{false};
  std::thread thread_;
};

}  // namespace geocyte::app
