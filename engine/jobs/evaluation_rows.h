// SPDX-License-Identifier: GPL-3.0-or-later
// The numbers of a run's held-out evaluation, and what passes or fails, as they stand in evaluation/*.json.
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

/// A gate or a guard of the model.
struct EvaluationCheck {
  std::string kind, title, rule;         ///< "gate", "guard", "mixing" (has no bound); the bound in words
  double value = 0;                      ///< NaN where it does not exist
  std::optional<double> low, high, bound;
  std::optional<bool> passes;            ///< nothing: not judged
  std::int64_t n = 0;
  bool counts = false;                   ///< value and bound are numbers of things: "14 of 15"
};

/// Of the evaluation that stands for the run (store/contract/run_evaluation.h); empty when there is none or it is damaged.
std::vector<EvaluationRow> evaluation_rows(const std::filesystem::path& run);
/// The same; empty as well for an evaluation that was written before there were checks.
std::vector<EvaluationCheck> evaluation_checks(const std::filesystem::path& run);
/// "14 of 15", ".91 [.88, .93]", "–".
std::string measured_text(const EvaluationCheck& check);
/// "passes", "FAILS", "not judged", "no gate".
const char* outcome_text(const EvaluationCheck& check);

}  // namespace geocyte::jobs
