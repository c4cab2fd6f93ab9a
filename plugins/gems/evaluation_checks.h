// SPDX-License-Identifier: GPL-3.0-or-later
// What an embedding must pass to be called aligned: the gates (do the sources mix?) and the guards (was it bought with biology?), as
// numbers that pass or fail with their bounds in words.
//
//   gates/pairs     every pair of sources passes both gates                                    (stats/alignment_gates.h)
//   gates/leak      no pair is below chance
//   gates/domains   spots and cells are not told apart by a fresh classifier                   (stats/auc_gate.h)
//   guards/…        baselines/alignment_guards.h
#pragma once

#include <vector>

#include "engine/baselines/alignment_guards.h"
#include "engine/stats/alignment_gates.h"
#include "engine/train/system.h"

namespace geocyte::plugins::gems {

std::vector<train::Check> alignment_checks(const stats::AlignmentGates& gates, const baselines::AlignmentScores& scores, const baselines::AlignmentGuards& guards);

}  // namespace geocyte::plugins::gems
