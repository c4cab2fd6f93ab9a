// SPDX-License-Identifier: GPL-3.0-or-later
// The curves of all visible runs, with chance levels of the system's metrics and the marks of the shown run.
#pragma once

#include "app/desktop/run_library.h"
#include "app/desktop/system_specs.h"
#include "widgets/base/shared_models.h"

namespace geocyte::desktop {

/// The run `reference` is drawn as a baseline, whether it is switched on or not. Shares the series of the library. `spec` nullptr = a foreign run: no chance levels.
widgets::CurveSet curveSetOf(const RunLibrary& library, const widgets::RunSet& runs, const config::SystemSpec* spec, const QString& reference = {});

/// Checkpoints, parameter changes and alerts among the events of a run.
std::vector<widgets::Mark> marksOf(const RunRecord& run, bool with_checkpoints = true);

}  // namespace geocyte::desktop
