// SPDX-License-Identifier: GPL-3.0-or-later
// When to take a snapshot: every `every_s` seconds of training at first; whenever `most` are there, the interval doubles and
// half of them are thought of as thinned away (the writer removes them), so that a run of any length keeps evenly spaced
// ones. Whatever it costs, looking takes at most 5 % of the time: the next one waits 19 times as long as the last one took.
#pragma once

#include <algorithm>

#include "engine/core/json.h"

namespace geocyte::train {

class SnapshotSchedule {
 public:
  SnapshotSchedule(double every_s, int most) : interval_(std::max(every_s, 0.0)), most_(std::max(most, 2)) {}

  bool due(double now) const { return kept_ == 0 || now - last_ >= std::max(interval_, kCostFactor * cost_); }
  void taken(double now, double cost_s) {
    last_ = now;
    cost_ = cost_s;
    if (++kept_ < most_) return;
    kept_ = most_ / 2;
    interval_ *= 2;
  }
  double interval() const { return interval_; }
  /// Changes the pace from now on; thinning starts over.
  void set_interval(double every_s) { interval_ = std::max(every_s, 0.0); }

  Json save() const { return {{"interval", interval_}, {"kept", kept_}}; }
  void restore(const Json& saved) {
    interval_ = saved.value("interval", interval_);
    kept_ = std::clamp(saved.value("kept", 0), 0, most_ - 1);
  }

 private:
  static constexpr double kCostFactor = 19;
  double interval_, last_ = 0, cost_ = 0;
  int most_, kept_ = 0;
};

}  // namespace geocyte::train
