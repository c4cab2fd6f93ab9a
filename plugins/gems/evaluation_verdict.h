// SPDX-License-Identifier: GPL-3.0-or-later
// The table of an evaluation in one plain sentence, which says no more than its gates and guards (analysis/alignment_checks.h) do.
//
// In this order: a pair is below chance -> leak; a plain tool is at least as good in mixing and in cell types -> it says so; the
// largest standardised distance is not clearly below that of PCA -> no gain ("clearly" = intervals apart); a gate fails -> not
// aligned, with every guard that fails beside it; the gates pass and a guard fails -> that is no alignment, and what was lost;
// all pass -> aligned.
#pragma once

#include <string>
#include <vector>

#include "engine/train/system.h"

namespace geocyte::plugins::gems {

/// Verdict "align/evaluation"; none without rows of the model and of PCA.
std::vector<store::Verdict> alignment_verdicts(const std::vector<train::Measured>& rows, const std::vector<train::Check>& checks);
/// A line a check: "passes: Cell types .91 [.88, .93] - its 95 % interval reaches plain PCA on the same cells (.88)".
std::string checks_text(const std::vector<train::Check>& checks);

}  // namespace geocyte::plugins::gems
