// SPDX-License-Identifier: GPL-3.0-or-later
// An evaluation as evaluation/<step>.json of a run.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include "engine/train/system.h"

namespace geocyte::train {

struct EvaluatedOn {
  std::int64_t step = 0;                   ///< of the weights
  std::uint64_t seed = 0;
  std::string data_note;
  bool simulated = false;
  std::optional<std::int64_t> at_end_of;   ///< the step at which a run had completed, where it did
};

/// Writes it into `folder`, replacing an older one of that step, and returns the file. Where that was made by a run that completed, so is this one taken to be
/// (store/contract/run_evaluation.h). Throws Error{storage}.
std::filesystem::path write_evaluation(const std::filesystem::path& folder, const Evaluation& evaluation, const EvaluatedOn& on);

}  // namespace geocyte::train
