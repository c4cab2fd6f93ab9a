// SPDX-License-Identifier: GPL-3.0-or-later
// What run.json says of the program and the machine.
#pragma once

#include <string>

#include "engine/core/json.h"

namespace geocyte::app {

/// {"code": {version, commit}, "libraries": {...}, "host": {...}}; the device is added by the caller.
Json about_this_program();

}  // namespace geocyte::app
