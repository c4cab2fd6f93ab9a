// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/train/system.h"

#include <cmath>

#include "engine/store/contract/verdict_json.h"

namespace geocyte::train {
namespace {

/// JSON has no NaN: a number that does not exist is null.
Json number(double value) { return std::isfinite(value) ? Json(value) : Json(); }
Json number(const std::optional<double>& value) { return value ? number(*value) : Json(); }

}  // namespace

Json Evaluation::to_json() const {
  Json list = Json::array();
  for (const Measured& row : rows)
    list.push_back({{"metric", row.metric}, {"method", row.method}, {"value", number(row.value)}, {"low", number(row.low)},
                    {"high", number(row.high)}, {"chance", number(row.chance)}, {"n", row.n}, {"split", row.split}});
  Json judged = Json::array();
  for (const Check& check : checks) judged.push_back(store::to_json(check));
  Json words = Json::array();
  for (const store::Verdict& verdict : verdicts) words.push_back(store::to_json(verdict));
  return {{"rows", list}, {"checks", judged}, {"verdicts", words}};
}

}  // namespace geocyte::train
