// SPDX-License-Identifier: GPL-3.0-or-later
// The table of a grid on one page of HTML: no script, no file beside it, readable in light and dark.
#pragma once

#include <string>
#include <vector>

#include "engine/jobs/grid_table.h"

namespace geocyte::app {

/// `about` is the JSON that is written beside it: code, host, time.
std::string ablation_html(const jobs::GridPlan& plan, const std::vector<jobs::GridRun>& runs, const jobs::GridTable& table, const Json& about);

}  // namespace geocyte::app
