// SPDX-License-Identifier: GPL-3.0-or-later
// Which step was the best: the smallest finite value of one metric. Ties keep the earlier step.
#pragma once

#include <cmath>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "engine/store/contract/status.h"

namespace geocyte::train {

class BestRule {
 public:
  explicit BestRule(std::optional<store::Best> so_far = std::nullopt) : best_(std::move(so_far)) {}

  /// True when `value` is better than everything before it. A value of another metric starts anew.
  bool offer(const std::string& metric, double value, std::int64_t step) {
    if (!std::isfinite(value)) return false;
    if (best_ && best_->metric == metric && value >= best_->value) return false;
    best_ = store::Best{metric, value, step};
    return true;
  }
  const std::optional<store::Best>& best() const { return best_; }

 private:
  std::optional<store::Best> best_;
};

}  // namespace geocyte::train
