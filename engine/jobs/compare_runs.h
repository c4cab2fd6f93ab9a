// SPDX-License-Identifier: GPL-3.0-or-later
// Two runs side by side: only what their configurations have different, and the numbers of their evaluations.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "engine/core/json.h"

namespace geocyte::jobs {

struct OptionDifference {
  std::string path;
  Json a, b;                             ///< null where a run does not have it
};

struct ComparedNumber {
  std::string metric, method;
  std::optional<double> a, b;
  std::optional<double> chance;
};

struct RunComparison {
  std::string name_a, name_b;            ///< ids
  std::vector<OptionDifference> options; ///< in the order of the first configuration
  std::vector<ComparedNumber> numbers;   ///< model first, then the plain tools
  std::string note;                      ///< what makes them hard to compare: another system, no shared score, other code, an unfinished run; "" = nothing
};

/// Paths and values that differ between two configurations; nested objects are compared key by key, a list is one value.
std::vector<OptionDifference> option_differences(const Json& a, const Json& b);

/// Of runs of different systems only options and numbers that both have. Throws Error{bad_data} when one is no run directory or its configuration cannot be read.
RunComparison compare_runs(const std::filesystem::path& a, const std::filesystem::path& b);

Json to_json(const RunComparison& comparison);
std::string to_text(const RunComparison& comparison);

}  // namespace geocyte::jobs
