// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/jobs/evaluation_rows.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include <fmt/format.h>

#include "engine/core/error.h"
#include "engine/core/text.h"
#include "engine/store/contract/run_evaluation.h"
#include "engine/store/contract/safe_json.h"
#include "engine/store/run_layout.h"

namespace geocyte::jobs {
namespace {

using store::number_at;
using store::text_at;

namespace fs = std::filesystem;

/// The list of that name in the evaluation that stands for the run; null when there is none or it is damaged.
Json list_of(const fs::path& run, const char* name) {
  const auto file = store::run_evaluation(run / store::kEvaluationFolder);
  if (!file) return {};
  try {
    const Json json = store::read_json_file(*file);
    const auto list = json.find(name);
    return list != json.end() && list->is_array() ? *list : Json();
  } catch (const Error&) {
    return {};
  }
}

double number_or_nan(const Json& row, const char* key) { return number_at(row, key).value_or(std::numeric_limits<double>::quiet_NaN()); }

}  // namespace

std::vector<EvaluationRow> evaluation_rows(const fs::path& run) {
  std::vector<EvaluationRow> rows;
  for (const Json& row : list_of(run, "rows")) {
    if (!row.is_object()) continue;
    EvaluationRow one;
    one.metric = text_at(row, "metric");
    one.method = text_at(row, "method");
    one.value = number_or_nan(row, "value");
    one.low = number_at(row, "low");
    one.high = number_at(row, "high");
    one.chance = number_at(row, "chance");
    one.n = static_cast<std::int64_t>(number_at(row, "n").value_or(0));
    if (!one.metric.empty() && !one.method.empty()) rows.push_back(std::move(one));
  }
  return rows;
}

std::vector<EvaluationCheck> evaluation_checks(const fs::path& run) {
  std::vector<EvaluationCheck> checks;
  for (const Json& row : list_of(run, "checks")) {
    if (!row.is_object()) continue;
    EvaluationCheck one{text_at(row, "kind"), text_at(row, "title"), text_at(row, "rule"), number_or_nan(row, "value"), number_at(row, "low"), number_at(row, "high"), number_at(row, "bound"), {}, 0};
    one.n = static_cast<std::int64_t>(number_at(row, "n").value_or(0));
    if (const auto passes = row.find("passes"); passes != row.end() && passes->is_boolean()) one.passes = passes->get<bool>();
    // Before it was written down, a gate without an interval was a number of things.
    const auto counts = row.find("counts");
    one.counts = counts != row.end() && counts->is_boolean() ? counts->get<bool>() : one.kind == "gate" && one.bound && *one.bound > 0 && !one.high;
    if (!one.title.empty()) checks.push_back(std::move(one));
  }
  return checks;
}

std::string measured_text(const EvaluationCheck& check) {
  if (!std::isfinite(check.value)) return "–";
  if (check.low && check.high) return fmt::format("{:.3g} [{:.3g}, {:.3g}]", check.value, *check.low, *check.high);
  if (check.high) return fmt::format("{:.3g}, at most {:.3g}", check.value, *check.high);
  if (check.counts && check.bound) return fmt::format("{:.0f} of {:.0f}", check.value, *check.bound);
  return fmt::format("{:.3g}", check.value);
}

const char* outcome_text(const EvaluationCheck& check) { return check.kind == "mixing" ? "no gate" : !check.passes ? "not judged" : *check.passes ? "passes" : "FAILS"; }

}  // namespace geocyte::jobs
