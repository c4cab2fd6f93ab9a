// SPDX-License-Identifier: GPL-3.0-or-later
// The type of an unquoted YAML scalar, by the core schema of YAML 1.2.2 (section 10.3.2). The YAML 1.1 words yes, no,
// on and off stay text: they are names of genes, cities and answers, not truth values.
#pragma once

#include <string_view>

#include "engine/core/json.h"

namespace geocyte::config {

/// null | ~ | "" -> null; true | True | TRUE …; decimal, 0o17 and 0x1F integers; decimal floats, .inf, .nan; else text.
/// An integer beyond 64 bits becomes a float.
Json plain_scalar(std::string_view text);

}  // namespace geocyte::config
