// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/jobs/evaluation_rows.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "engine/core/error.h"
#include "engine/core/text.h"
#include "engine/store/contract/safe_json.h"
#include "engine/store/run_layout.h"

namespace geocyte::jobs {
namespace {

namespace fs = std::filesystem;

/// "00001000.json": named by its step. Other files in the folder (diagnosis.json) are something else.
bool is_of_a_step(const std::string& name) {
  std::int64_t step = 0;
  return name.ends_with(".json") && parse_integer(std::string_view(name).substr(0, name.size() - 5), step);
}

std::optional<double> number_at(const Json& row, const char* key) {
  const auto found = row.find(key);
  return found != row.end() && found->is_number() ? std::optional(found->get<double>()) : std::nullopt;
}

std::string text_at(const Json& row, const char* key) {
  const auto found = row.find(key);
  return found != row.end() && found->is_string() ? found->get<std::string>() : std::string();
}

}  // namespace

std::vector<EvaluationRow> evaluation_rows(const fs::path& run) {
  std::error_code problem;
  std::string newest;
  for (const auto& entry : fs::directory_iterator(run / store::kEvaluationFolder, problem)) {
    const std::string name = entry.path().filename().string();
    if (is_of_a_step(name) && (newest.empty() || std::pair(name.size(), name) > std::pair(newest.size(), newest))) newest = name;
  }
  if (newest.empty()) return {};
  std::vector<EvaluationRow> rows;
  try {
    const Json json = store::read_json_file(run / store::kEvaluationFolder / newest);
    const auto list = json.find("rows");
    if (list == json.end() || !list->is_array()) return {};
    for (const Json& row : *list) {
      if (!row.is_object()) continue;
      EvaluationRow one;
      one.metric = text_at(row, "metric");
      one.method = text_at(row, "method");
      one.value = number_at(row, "value").value_or(std::numeric_limits<double>::quiet_NaN());
      one.low = number_at(row, "low");
      one.high = number_at(row, "high");
      one.chance = number_at(row, "chance");
      one.n = static_cast<std::int64_t>(number_at(row, "n").value_or(0));
      if (!one.metric.empty() && !one.method.empty()) rows.push_back(std::move(one));
    }
  } catch (const Error&) {
    return {};
  }
  return rows;
}

}  // namespace geocyte::jobs
