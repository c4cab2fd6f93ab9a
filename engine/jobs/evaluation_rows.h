// SPDX-License-Identifier: GPL-3.0-or-later
// The numbers of a run's held-out evaluation, as they stand in evaluation/*.json.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace geocyte::jobs {

struct EvaluationRow {
  std::string metric, method;            ///< method: "model", or the plain tool beside it
  double value = 0;                      ///< NaN where it does not exist
  std::optional<double> low, high, chance;
  std::int64_t n = 0;
};

/// Of the newest step that was evaluated; empty when there is none or it is damaged.
std::vector<EvaluationRow> evaluation_rows(const std::filesystem::path& run);

}  // namespace geocyte::jobs
