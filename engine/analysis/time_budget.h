// SPDX-License-Identifier: GPL-3.0-or-later
// When may work begin that must not take more than a share of wall time? When used / wall <= share.
// The clock is handed in, so that the rule can be tested without waiting.
#pragma once

#include <algorithm>
#include <limits>

namespace geocyte::analysis {

class TimeBudget {
 public:
  explicit TimeBudget(double share) { set_share(share); }
  void set_share(double share) { share_ = std::clamp(share, 0.0, 1.0); }
  double share() const { return share_; }
  void use(double seconds) { used_ += std::max(seconds, 0.0); }
  double used() const { return used_; }

  /// Seconds from `wall` (since the start) until work may begin; 0 = now, infinity = never under this share.
  double wait(double wall) const {
    if (used_ <= share_ * wall && share_ > 0) return 0;
    if (share_ <= 0) return std::numeric_limits<double>::infinity();
    return used_ / share_ - wall;
  }

 private:
  double share_ = 0, used_ = 0;
};

}  // namespace geocyte::analysis
