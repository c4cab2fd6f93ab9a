// SPDX-License-Identifier: GPL-3.0-or-later
// What a run exported for other data: the artifact of a checkpoint with the gene panel and the recipe that belong to it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/preprocess/recipe.h"
#include "engine/store/run_reader.h"
#include "engine/train/artifacts.h"

namespace geocyte::app {

struct RunArtifact {
  train::Artifact artifact;
  preprocess::Recipe recipe;
  std::int64_t step = 0;
  std::string why;                         ///< of the step: "best val/total"
  std::string sha256;                      ///< of the weights
  std::string recipe_hash;
  std::vector<std::string> notes;
};

inline constexpr const char* kEncoderType = "expression_encoder";

/// The artifact of the checkpoint of `step`, of the best one without it: the encoder where there is one. Throws Error{bad_data} in one sentence: no
/// checkpoint, no artifact, damaged, a recipe that is not that of the weights.
RunArtifact load_run_artifact(store::RunReader& reader, std::optional<std::int64_t> step);

/// "the artifact was changed": throws Error{bad_data}.
[[noreturn]] void throw_not_belonging(const train::Artifact& artifact, const std::string& what);

}  // namespace geocyte::app
