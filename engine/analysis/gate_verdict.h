// SPDX-License-Identifier: GPL-3.0-or-later
// The gates of an alignment (stats/alignment_gates.h) in one sentence: how many pairs pass, the worst, and what could
// pass for want of cells: the largest distance that the gate allows in the smallest pair.
#pragma once

#include <string>
#include <vector>

#include "engine/stats/alignment_gates.h"
#include "engine/store/contract/snapshot.h"

namespace geocyte::analysis {

/// Verdict "align/gates" of workspace "align": bad with a leak or when no pair passes, warn when some do not, good when all do;
/// neutral without pairs that could be judged. `names` are of the sources.
store::Verdict gate_verdict(const stats::AlignmentGates& gates, const std::vector<std::string>& names);

}  // namespace geocyte::analysis
