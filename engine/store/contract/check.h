// SPDX-License-Identifier: GPL-3.0-or-later
// A number that is held against a bound: a gate, a guard, or what stands beside them to be read. Judged while training goes on
// (a part of a snapshot) and by the evaluation at the end, in the same form.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/core/json.h"

namespace geocyte::store {

struct Check {
  std::string id, kind, title;             ///< "guards/types"; "gate", "guard" or "mixing" (has no bound); for people
  double value = 0;                        ///< NaN: it could not be had
  std::optional<double> low, high;         ///< 95 % interval
  std::optional<double> bound;
  std::string rule;                        ///< the bound in words: "AUC interval reaches .5 ± .10"
  std::optional<bool> passes;              ///< nothing: it is not judged, and `rule` says why
  std::int64_t n = 0;                      ///< cells behind it
  std::vector<std::string> worst = {};     ///< the source or the two sources that are farthest from passing
  bool counts = false;                     ///< value and bound are numbers of things: "14 of 15"
};

/// A number that does not exist is null.
Json to_json(const Check& check);
/// Tolerates missing keys and wrong types: it may come from a damaged file. At most two names are taken.
Check check_from_json(const Json& json);

}  // namespace geocyte::store
