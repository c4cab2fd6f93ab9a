// SPDX-License-Identifier: GPL-3.0-or-later
// A verdict as it stands in events.jsonl and in the attributes of a snapshot.
#pragma once

#include "engine/core/json.h"
#include "engine/store/contract/snapshot.h"

namespace geocyte::store {

Json to_json(const Verdict& verdict);
/// Tolerates missing keys and wrong types (they become ""): a verdict is words, and may come from a damaged file.
Verdict verdict_from_json(const Json& json);

}  // namespace geocyte::store
