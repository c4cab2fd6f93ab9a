// SPDX-License-Identifier: GPL-3.0-or-later
// A diagnosis on one page of HTML, in the look of the report.
#pragma once

#include <string>

#include "engine/analysis/source_report.h"

namespace geocyte::app {

/// `about` says what was diagnosed: a file, a folder, "simulated: …".
std::string diagnosis_html(const analysis::SourceReport& report, const std::string& about);

}  // namespace geocyte::app
