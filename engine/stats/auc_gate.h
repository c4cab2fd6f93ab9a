// SPDX-License-Identifier: GPL-3.0-or-later
// Can two clouds be told apart? The one rule behind the gate of a pair of sources, the colours of its matrix and the words of a
// verdict.
//
//   told apart        the 95 % interval of the AUC lies wholly outside .5 ± margin (it does not reach .5 ± .10)
//   of several        the same at 95 % over all of them together (Holm 1979): the smallest p at .025 / m, the next at .025 / (m - 1) …
//   below chance      AUC below .5 with p at most .0025, over all together: statistics that leaked from held-out to training cells
//
//   p (limit)         P(an AUC at least so far beyond the limit | the true one is there), normal on the logit scale, as the interval
//
// Guard: an AUC of 0 or 1 has no such deviation; there the rule of three of its interval decides alone.
#pragma once

#include <span>
#include <vector>

#include "engine/stats/auc.h"

namespace geocyte::stats {

inline constexpr double kAucMargin = 0.10;

/// One flag an AUC. `margin` in (0, .5).
std::vector<bool> told_apart(std::span<const Auc> aucs, double margin = kAucMargin);
/// Of one AUC by itself: whether its interval lies wholly outside .5 ± margin.
bool told_apart(const Auc& auc, double margin = kAucMargin);
/// p of an AUC as low as this where the true one is .5.
double p_below_chance(const Auc& auc);
/// Which are below chance, given p_below_chance() of each.
std::vector<bool> below_chance(const std::vector<double>& p);

}  // namespace geocyte::stats
