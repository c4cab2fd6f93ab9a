// SPDX-License-Identifier: GPL-3.0-or-later
// What pause, resume and stop have in common: send the order, wait for the engine's answer, print it.
#pragma once

#include <string>

#include "engine/jobs/steer.h"

namespace geocyte::app {

/// Returns the exit code: 0 when the engine did it. Throws Error{usage} when no engine works on the run.
int give_order(const std::string& run, jobs::Order order, bool json);

/// Any other request, with arguments.
int give_request(const std::string& run, const std::string& command, const Json& args, bool json);

}  // namespace geocyte::app
