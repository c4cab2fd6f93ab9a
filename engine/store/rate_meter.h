// SPDX-License-Identifier: GPL-3.0-or-later
// Steps a second: the median of the rates between the looks of the last 60 s, so that a checkpoint or an evaluation that
// takes seconds does not move the estimate of what is left.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>

namespace geocyte::store {

class RateMeter {
 public:
  using Clock = std::chrono::steady_clock;
  /// Looks closer together than half a second are taken as one.
  void look(Clock::time_point now, std::int64_t step);
  /// Forgets everything: after a pause, time stood still.
  void reset() { looks_.clear(); }
  /// 0 before two looks.
  double steps_per_second() const;

 private:
  struct Look {
    Clock::time_point at;
    std::int64_t step;
  };
  std::deque<Look> looks_;
};

}  // namespace geocyte::store
