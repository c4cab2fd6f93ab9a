// SPDX-License-Identifier: GPL-3.0-or-later
// What an embedding must pass to be called aligned, as numbers that pass or fail with their bounds in words: the gates (do the
// sources mix?), and the guards (was it bought with biology?). Between them the scores of mixing, which have no bound of their own:
// how far sources can mix depends on what they hold.
//
//   gates/pairs      pairs of sources that pass both gates below, and neither of them leaks     (stats/alignment_gates.h)
//   gates/distance   the pair whose bound of D^2 lies farthest above what it may be
//   gates/auc        the pair that a fresh classifier tells apart most easily
//   gates/leak       pairs below chance
//   gates/domains    spots and cells, by a fresh classifier                                     (stats/auc_gate.h)
//   mixing/…         own_share, ilisi, kbet of sources on as many cells of each                 (baselines/alignment_scores.h)
//   guards/…         baselines/alignment_guards.h
#pragma once

#include <string>
#include <vector>

#include "engine/baselines/alignment_guards.h"
#include "engine/stats/alignment_gates.h"
#include "engine/store/contract/check.h"

namespace geocyte::analysis {

/// `names` are of the sources; without them no check says which is worst.
std::vector<store::Check> gate_checks(const stats::AlignmentGates& gates, const std::vector<std::string>& names);

/// gates/domains, mixing and guards. What `scores` lacks is left out; a guard that cannot be judged is kept and says so. `pca` are
/// scores of plain PCA on the same cells; nullptr = none.
std::vector<store::Check> score_checks(const baselines::AlignmentScores& scores, const baselines::AlignmentGuards& guards, const std::vector<std::string>& names,
                                       const baselines::AlignmentScores* pca);

/// Both.
std::vector<store::Check> alignment_checks(const stats::AlignmentGates& gates, const baselines::AlignmentScores& scores, const baselines::AlignmentGuards& guards,
                                           const std::vector<std::string>& names = {}, const baselines::AlignmentScores* pca = nullptr);

}  // namespace geocyte::analysis
