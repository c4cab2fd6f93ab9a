// SPDX-License-Identifier: GPL-3.0-or-later
// Holds a running system against the alert rules of its spec (engine/config/alert_spec.h). Values come in by the name of
// their metric; what comes out is each alert once when it is raised and once when it is over.
//
// Nothing is kept but the windows that the rules look at. A rule is judged again only after one of its metrics was
// observed, so that a snapshot's metric is not counted anew at every step. Safe to call from several threads.
// Cost of judge(): O(sum of windows) of the rules concerned.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "engine/config/system_spec.h"
#include "engine/core/json.h"

namespace geocyte::analysis {

/// An alert that began or ended.
struct AlertChange {
  std::string id, severity, headline;
  bool raised = true;                    ///< false: it is over
  std::string evidence;                  ///< one sentence with numbers
  std::string advice;                    ///< "" when it is over
};

/// {"id", "state": "raised" | "cleared", "severity", "headline", "evidence", "advice"}: the details of an event of kind alert.
Json to_json(const AlertChange& change);

class AlertMonitor {
 public:
  /// Titles for the evidence come from the metrics of the spec. Throws Error{internal} for a rule without conditions, a
  /// window below 1, a window below 4 of a flat condition, or a family where none is allowed.
  explicit AlertMonitor(const config::SystemSpec& spec);
  ~AlertMonitor();
  AlertMonitor(AlertMonitor&&) noexcept;
  AlertMonitor& operator=(AlertMonitor&&) noexcept;

  bool empty() const;
  /// A new observation. Metrics that no rule looks at are passed over.
  void observe(std::string_view metric, double value);
  /// Observations of metrics that begin with `prefix` no longer count: they are not comparable with what comes.
  void forget(std::string_view prefix);
  /// What began or ended with the observations since the last call.
  std::vector<AlertChange> judge();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace geocyte::analysis
