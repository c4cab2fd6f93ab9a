// SPDX-License-Identifier: GPL-3.0-or-later
// A rule that speaks up when a run goes wrong, as a value in the spec of a system. An alert is raised when all of its
// conditions hold and cleared when one has not held for as many observations as its window is long.
//
// A condition looks at the newest `window` observations of a metric (steps for what a step reports, snapshots for what is
// derived from them) and knows nothing before there are so many. m is their median:
//   above        m > value                       below   m < value
//   near         |m - value| <= tolerance
//   share_above  |m_i| / sum_j |m_j| > value     the largest member i of a family "weighted/*" with two members or more
//   flat         |q_1 - q_4| <= tolerance max(|q_1|, |q_4|)    medians of the first and the last quarter of the window
//   below_best   m < value x the largest m so far
//   not_finite   an observation is NaN or infinite
// With `relative_to` the metric is divided by that one, observed together with it.
#pragma once

#include <string>
#include <vector>

namespace geocyte::config {

enum class AlertTest { above, below, near, share_above, flat, below_best, not_finite };

struct AlertCondition {
  std::string metric;           ///< "adversary/majority_recall"; ends in "*" for share_above
  AlertTest test = AlertTest::above;
  double value = 0;
  double tolerance = 0;
  int window = 1;               ///< observations
  std::string relative_to = {}; ///< "" = the metric itself
};

struct AlertSpec {
  std::string id;               ///< "adversary/majority"
  std::string severity;         ///< "warn", "bad"
  std::string headline;         ///< the bold phrase: "The adversary always says the same."
  std::string advice;           ///< what to do
  std::vector<AlertCondition> when;
};

}  // namespace geocyte::config
