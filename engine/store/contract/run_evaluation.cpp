// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/store/contract/run_evaluation.h"

#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include "engine/core/error.h"
#include "engine/core/text.h"
#include "engine/store/contract/safe_json.h"

namespace geocyte::store {
namespace {

namespace fs = std::filesystem;

/// "00001000.json". Other files in the folder (diagnosis.json) are something else.
std::optional<std::int64_t> step_of(const std::string& name) {
  std::int64_t step = 0;
  if (!name.ends_with(".json") || !parse_integer(std::string_view(name).substr(0, name.size() - 5), step)) return std::nullopt;
  return step;
}

}  // namespace

std::optional<std::int64_t> end_of_evaluation(const fs::path& file) {
  std::error_code problem;
  if (!fs::exists(file, problem)) return std::nullopt;
  try {
    const Json json = read_json_file(file);
    const auto end = json.is_object() ? json.find(kAtEndOf) : json.end();
    return end != json.end() && end->is_number_integer() ? std::optional(end->get<std::int64_t>()) : std::nullopt;
  } catch (const Error&) {
    return std::nullopt;
  }
}

std::optional<fs::path> run_evaluation(const fs::path& evaluations) {
  std::optional<fs::path> found;
  std::pair<std::int64_t, std::int64_t> newest{-1, -1};
  std::error_code problem;
  for (const auto& entry : fs::directory_iterator(evaluations, problem)) {
    const auto step = step_of(entry.path().filename().string());
    if (!step) continue;
    const std::pair here{end_of_evaluation(entry.path()).value_or(-1), *step};
    if (found && here <= newest) continue;
    newest = here;
    found = entry.path();
  }
  return found;
}

std::optional<std::int64_t> judged_step(const fs::path& evaluations) {
  const auto file = run_evaluation(evaluations);
  return file && end_of_evaluation(*file) ? step_of(file->filename().string()) : std::nullopt;
}

}  // namespace geocyte::store
