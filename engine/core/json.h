// SPDX-License-Identifier: GPL-3.0-or-later
// JSON with keys in the order they were written, so that files read in the order of the schema.
#pragma once

#include <nlohmann/json.hpp>

namespace geocyte {
using Json = nlohmann::ordered_json;
}
