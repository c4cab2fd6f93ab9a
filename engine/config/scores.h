// SPDX-License-Identifier: GPL-3.0-or-later
// How a score of the evaluation is read: its name, and which side is better.
#pragma once

#include <string>
#include <vector>

#include "engine/config/system_spec.h"

namespace geocyte::config {

/// The first that fits: "biology/spatial_overlap" fits the path of that name and "biology/*" and "*/spatial_overlap". nullptr when none does.
const ScoreSpec* find_score(const std::vector<ScoreSpec>& scores, const std::string& metric);

/// Those that a system names come first, in its order; the others keep theirs.
std::vector<std::string> telling_first(const std::vector<ScoreSpec>& scores, std::vector<std::string> metrics);

}  // namespace geocyte::config
