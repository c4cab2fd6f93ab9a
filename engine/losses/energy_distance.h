// SPDX-License-Identifier: GPL-3.0-or-later
// The energy distance between groups, as the mean over all pairs, in one node. Several quantities go by this name; this is
//
//   E(a, b) = 2 mean |x - y| - mean |x - x'| - mean |y - y'|            x, x' in a; y, y' in b      (Szekely & Rizzo 2013)
//   L       = 2 / (K (K - 1)) sum_{a < b} E(a, b)
//
// not its square root, and twice GeomLoss' "energy" (the loss of State), which is E / 2. It has no scale to choose, and its
// gradient does not fade with distance. biased: the means inside a group are over all pairs, i = j included; >= 0. unbiased:
// without i = j; 0 on average for equal distributions.
// Reference: Szekely, Rizzo, "Energy statistics", J. Stat. Plan. Inference 143 (2013), eq. 2.1.
// Absent, shapes, gradient: as mmd.h. Guard: the slope of |x - y| is taken as 0 where x = y. Cost O(B^2 D).
#pragma once

#include "engine/losses/mmd.h"

namespace geocyte::losses {

struct EnergyDistanceOptions {
  Statistic statistic = Statistic::unbiased;
  std::int64_t min_cells = 5;              ///< >= 2 when unbiased
  const char* what = "source";
};

Term energy_distance(const at::Tensor& z, const Groups& groups, const EnergyDistanceOptions& options = {});

}  // namespace geocyte::losses
