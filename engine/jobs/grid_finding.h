// SPDX-License-Identifier: GPL-3.0-or-later
// What a grid comes to for one score, in plain words: which ingredient changes it most, by how much, with what certainty.
//
// An ingredient is a cell that differs from the baseline in one factor; where no cell does, whole cells are compared. Intervals are those of the
// table (paired t, 95 %). With m comparisons about m / 20 exclude 0 by chance, so it is also asked whether the named one stands when all are
// looked at together (Bonferroni): |d| > t_{1 - .025 / m, n-1} se, with se from the interval.
#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "engine/config/scores.h"
#include "engine/jobs/grid_report.h"

namespace geocyte::jobs {

enum class Certainty {
  none,                                  ///< no run has finished, or none has this score
  unproven,                              ///< one seed: there are no intervals
  unsure,                                ///< every interval contains 0
  alone,                                 ///< its interval excludes 0, but it would not stand among so many
  together,                              ///< it stands among all that were compared
};

struct GridFinding {
  Certainty certainty = Certainty::none;
  std::string headline, evidence, why;
  std::optional<std::size_t> row;        ///< of the table: the cell that it names
};

/// `score` may be nullptr: then no side is called better.
GridFinding finding_of(const GridReport& report, const std::string& metric, const config::ScoreSpec* score);

/// What a cell has other than the baseline: "adversary off instead of on and latent 64 instead of 32".
std::string changes_of(const GridReport& report, std::size_t cell);
/// How many factors that are.
std::size_t changed_factors(const GridReport& report, std::size_t cell);

/// Digits after the point that give values of this size three significant digits, 0 to 6.
int decimals_for(double largest);
/// "+0.031", "−0.031": with a sign and a proper minus.
std::string signed_text(double value, int decimals);

}  // namespace geocyte::jobs
