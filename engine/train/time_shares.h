// SPDX-License-Identifier: GPL-3.0-or-later
// What the training thread spends its time on. Shares are of the time that was not paused; what is left over (looking into
// the inbox, bookkeeping) has no name. The analysis runs beside the training thread, so shares may sum to more than one.
#pragma once

#include <array>
#include <functional>

#include "engine/store/contract/status.h"

namespace geocyte::train {

using Clock = std::function<double()>;

class TimeShares {
 public:
  enum Part { step, data, observe, write, paused };

  explicit TimeShares(Clock clock) : clock_(std::move(clock)), start_(clock_()) {}

  double now() const { return clock_(); }
  /// Adds the time from its making to its end to one part.
  class Measured {
   public:
    Measured(TimeShares& shares, Part part) : shares_(shares), part_(part), start_(shares.now()) {}
    ~Measured() { shares_.spent_[part_] += shares_.now() - start_; }
    Measured(const Measured&) = delete;
    Measured& operator=(const Measured&) = delete;
    double start() const { return start_; }

   private:
    TimeShares& shares_;
    Part part_;
    double start_;
  };
  /// A system says how much of its step went into assembling data.
  void move(Part from, Part to, double seconds) {
    spent_[from] -= seconds;
    spent_[to] += seconds;
  }
  /// Seconds since the start that were not paused.
  double active() const { return now() - start_ - spent_[paused]; }
  store::TimeShare shares(double analysis_s) const {
    const double all = active();
    if (!(all > 0)) return {};
    return {spent_[step] / all, spent_[data] / all, spent_[observe] / all, analysis_s / all, spent_[write] / all};
  }

 private:
  Clock clock_;
  double start_;
  std::array<double, 5> spent_{};
};

}  // namespace geocyte::train
