// SPDX-License-Identifier: GPL-3.0-or-later
// "Is it learning?" in one sentence, from the loss curve alone.
//
// The last `window` steps are cut into quarters; the first and the last quarter are compared by their medians m1, m4:
//   fell = (m1 - m4) / |m1|,  noise = 1.4826 MAD of neighbouring differences / sqrt 2,
//   z = (m1 - m4) / (noise sqrt(2 / n_quarter))
// A change counts when |z| >= 3 and it is above 1 %. Shares are |weight x term| / sum over terms in the last quarter.
// Ratios only: loss -> c loss changes no verdict. While the weights of terms change (warm-up, a live change) totals are not
// comparable: only steps since the last such change are.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "engine/store/contract/snapshot.h"

namespace geocyte::analysis {

/// Rising steps; every series is as long as `step`.
struct LossHistory {
  std::vector<std::int64_t> step;
  std::vector<double> total;
  std::map<std::string, std::vector<double>> weighted;   ///< weight x term, by name of the term
  std::int64_t comparable_from = 0;                      ///< first step that has the weights of the last one
};

struct TrainingVerdictOptions {
  std::int64_t window = 2000;          ///< steps looked back on
  double dominant_share = 0.8;
};

/// Verdict "monitor/training" of workspace "monitor": Learning, Levelled off, Not learning, Rising, One term dominates,
/// Diverged, Warming up, or Too early to tell
/// (fewer than 16 comparable points). Throws Error{internal} when lengths differ.
store::Verdict training_verdict(const LossHistory& history, const TrainingVerdictOptions& options = {});

}  // namespace geocyte::analysis
