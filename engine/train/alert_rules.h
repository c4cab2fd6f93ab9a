// SPDX-License-Identifier: GPL-3.0-or-later
// Alerts that a user sets while a run goes: "tell me when grad/norm is above 100 for 5 steps". A rule begins when its condition has
// held for that many values of its metric in a row and ends when it no longer holds; both are events of kind alert. Rules look and
// change nothing, and their events look like those of the alerts that a system declares (analysis/alert_monitor.h). Values come from the training thread and from the analysis of snapshots.
//
// As JSON, the argument of the control command alert_rules (it replaces all rules):
//   {"rules": [{"id": "explodes", "metric": "grad/norm", "when": "above", "value": 100, "times": 5, "text": "The gradient explodes."}]}
// when: above, below, or not_finite (without a value). times >= 1, text may be left out.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "engine/core/json.h"

namespace geocyte::train {

struct AlertRule {
  enum class When { above, below, not_finite };
  std::string id, metric, text;
  When when = When::above;
  double value = 0;
  std::int64_t times = 1;
};

/// Throws Error{bad_config} in one sentence for a rule that cannot be understood. At most 100 rules.
std::vector<AlertRule> alert_rules_from(const Json& args);

class AlertRules {
 public:
  /// Replaces all rules; alerts that were on are forgotten.
  void set(std::vector<AlertRule> rules);
  /// Looks at new values; returns the details of the events to write. Safe from any thread.
  std::vector<Json> look(const std::map<std::string, double>& values);
  bool empty() const;

 private:
  struct Watched {
    AlertRule rule;
    std::int64_t held = 0;                 ///< values in a row
  };
  mutable std::mutex mutex_;
  std::vector<Watched> watched_;
};

}  // namespace geocyte::train
