// SPDX-License-Identifier: GPL-3.0-or-later
// The table of an evaluation in one plain sentence.
//
// In this order: a plain tool is at least as good in mixing and in cell types -> it says so; the largest standardised distance
// is not clearly below that of PCA -> no gain; spots and cells can still be told apart (AUC above .75) or types are lost against
// PCA -> half the work; else good. "Clearly" = intervals apart.
#pragma once

#include <vector>

#include "engine/train/system.h"

namespace geocyte::plugins::gems {

/// Verdict "align/evaluation"; none without rows of the model and of PCA.
std::vector<store::Verdict> alignment_verdicts(const std::vector<train::Measured>& rows);

}  // namespace geocyte::plugins::gems
