// SPDX-License-Identifier: GPL-3.0-or-later
// An evaluation as evaluation/<step>.json of a run.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "engine/train/system.h"

namespace geocyte::train {

struct EvaluatedOn {
  std::int64_t step = 0;
  std::uint64_t seed = 0;
  std::string data_note;
  bool simulated = false;
};

/// Writes it into `folder`, replacing an older one of that step, and returns the file. Throws Error{storage}.
std::filesystem::path write_evaluation(const std::filesystem::path& folder, const Evaluation& evaluation, const EvaluatedOn& on);

}  // namespace geocyte::train
