// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/store/contract/check.h"

#include <cmath>
#include <limits>

#include "engine/store/contract/safe_json.h"

namespace geocyte::store {
namespace {

constexpr std::size_t kMostNames = 2;

/// JSON has no NaN: a number that does not exist is null.
Json number(double value) { return std::isfinite(value) ? Json(value) : Json(); }
Json number(const std::optional<double>& value) { return value ? number(*value) : Json(); }

std::optional<bool> flag_at(const Json& json, const char* key) {
  const auto found = json.find(key);
  return found != json.end() && found->is_boolean() ? std::optional(found->get<bool>()) : std::nullopt;
}

}  // namespace

Json to_json(const Check& check) {
  return {{"id", check.id}, {"kind", check.kind}, {"title", check.title}, {"value", number(check.value)}, {"low", number(check.low)}, {"high", number(check.high)},
          {"bound", number(check.bound)}, {"rule", check.rule}, {"passes", check.passes ? Json(*check.passes) : Json()}, {"n", check.n}, {"worst", check.worst}, {"counts", check.counts}};
}

Check check_from_json(const Json& json) {
  Check check;
  if (!json.is_object()) return check;
  check.id = text_at(json, "id");
  check.kind = text_at(json, "kind");
  check.title = text_at(json, "title");
  check.value = number_at(json, "value").value_or(std::numeric_limits<double>::quiet_NaN());
  check.low = number_at(json, "low");
  check.high = number_at(json, "high");
  check.bound = number_at(json, "bound");
  check.rule = text_at(json, "rule");
  check.passes = flag_at(json, "passes");
  if (const auto n = json.find("n"); n != json.end() && n->is_number_unsigned()) check.n = n->get<std::int64_t>();
  if (const auto worst = json.find("worst"); worst != json.end() && worst->is_array())
    for (const Json& name : *worst)
      if (name.is_string() && check.worst.size() < kMostNames) check.worst.push_back(name.get<std::string>());
  check.counts = flag_at(json, "counts").value_or(false);
  return check;
}

}  // namespace geocyte::store
