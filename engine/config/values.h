// SPDX-License-Identifier: GPL-3.0-or-later
// How nested configuration values are combined; shared by the schema and the presets.
#pragma once

#include "engine/core/json.h"

namespace geocyte::config {

/// Objects merge key by key, everything else replaces. A list is one value: merging lists by position would mix sources.
void merge_values(Json& into, const Json& overrides);

/// "optimizer.lr: 0.1" at any depth means the nested form {"optimizer": {"lr": 0.1}}; other keys stay as they are.
Json nest(const Json& values);

}  // namespace geocyte::config
