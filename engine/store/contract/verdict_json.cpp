// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/store/contract/verdict_json.h"

#include "engine/store/contract/safe_json.h"

namespace geocyte::store {

Json to_json(const Verdict& verdict) {
  return {{"id", verdict.id},
          {"workspace", verdict.workspace},
          {"state", verdict.state},
          {"headline", verdict.headline},
          {"evidence", verdict.evidence},
          {"why", verdict.why}};
}

Verdict verdict_from_json(const Json& json) {
  const auto text = [&](const char* key) { return text_at(json, key); };
  return {text("id"), text("workspace"), text("state"), text("headline"), text("evidence"), text("why")};
}

}  // namespace geocyte::store
