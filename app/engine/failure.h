// SPDX-License-Identifier: GPL-3.0-or-later
// How geocyte-engine says that something went wrong: one sentence on stderr, an object on stdout with --json.
#pragma once

#include <string>

#include "engine/core/error.h"

namespace geocyte::app {

/// Prints the error; returns its exit code.
int report_failure(const Error& error, bool json);

/// Up to the first line break: what lower layers append (stack traces) is for log files, not for people.
std::string first_line(const std::string& text);

}  // namespace geocyte::app
