// SPDX-License-Identifier: GPL-3.0-or-later
// What a discriminator's recall says, as scalars below a prefix: balanced accuracy, skill, and, to tell a discriminator that
// always says the same from one that is merely confused, the recall of the class it knows best beside the mean of the others.
// The alert rules of spec_alerts.cpp look at them; the cards are in discriminator_metrics() of spec_terms.cpp.
#pragma once

#include <algorithm>
#include <cmath>
#include <map>
#include <string>

#include "engine/losses/adversary.h"

namespace geocyte::plugins::gems {

/// Groups without cells count in none of them.
inline void add_recall_scalars(const std::string& prefix, const losses::ClassRecall& found, std::map<std::string, double>& scalars) {
  double best = 0, sum = 0, groups = 0;
  for (const double recall : found.recall) {
    if (std::isnan(recall)) continue;
    best = std::max(best, recall);
    sum += recall;
    ++groups;
  }
  scalars[prefix + "/balanced_accuracy"] = found.balanced_accuracy;
  if (groups < 2) return;
  scalars[prefix + "/skill"] = (found.balanced_accuracy - found.chance) / (1 - found.chance);
  scalars[prefix + "/favourite_recall"] = best;
  scalars[prefix + "/other_recall"] = (sum - best) / (groups - 1);
}

}  // namespace geocyte::plugins::gems
