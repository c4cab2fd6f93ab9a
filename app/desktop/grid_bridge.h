// SPDX-License-Identifier: GPL-3.0-or-later
// From the table of a grid to what its views draw: scores with the side that is better for them, and which runs go on right now.
#pragma once

#include <QString>

#include <map>
#include <string>
#include <vector>

#include "app/desktop/run_library.h"
#include "app/desktop/system_specs.h"
#include "engine/jobs/grid_effects.h"
#include "engine/jobs/grid_finding.h"
#include "widgets/ablation_matrix/content.h"
#include "widgets/controls/verdict_line.h"

namespace geocyte::desktop {

using EffectsByScore = std::map<std::string, std::vector<jobs::GridEffect>>;

/// `spec` of its system, nullptr when this build does not know it: then no side is better. `library`: runs that live belong to their cell at once,
/// the table tells of them only when they have ended.
widgets::ablation_matrix::Content gridContent(const jobs::GridReport& report, const EffectsByScore& effects, const config::SystemSpec* spec, const RunLibrary& library);

widgets::VerdictText gridVerdict(const jobs::GridReport& report, const config::SystemSpec* spec, const QString& score);

/// An option that a cell sets otherwise than the baseline.
struct OptionChange {
  QString path, baseline, cell;                ///< values as they are written; "" = as in the base
};
std::vector<OptionChange> optionChanges(const jobs::GridReport& report, std::size_t cell);

/// A seed of a cell beside the same seed of the baseline.
struct SeedPair {
  QString seed;
  double value, baseline;                      ///< NaN = none
  double seconds;                              ///< NaN = unknown
  QString run, baseline_run;                   ///< folders; "" = none
  QString state, reason;
  bool failed = false;
};
std::vector<SeedPair> seedPairs(const jobs::GridReport& report, std::size_t cell, const QString& score, const QString& runs);

}  // namespace geocyte::desktop
