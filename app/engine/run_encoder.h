// SPDX-License-Identifier: GPL-3.0-or-later
// The encoder that a run has learned, with the gene panel and the recipe that belong to it, ready for new data.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/nn/registry.h"
#include "engine/preprocess/recipe.h"
#include "engine/store/run_reader.h"

namespace geocyte::app {

struct RunEncoder {
  nn::ArtifactModule module;               ///< (B, panel) -> (B, latent)
  preprocess::Recipe recipe;
  std::int64_t latent = 0, step = 0;
  std::string why;                         ///< of the step: "best val/total"
  std::string sha256;                      ///< of the weights
  std::string recipe_hash;
  std::vector<std::string> notes;
};

/// Loads the artifact of type expression_encoder from the checkpoint of `step`, of the best one without it. Throws Error{bad_data} in
/// one sentence: no checkpoint, no such artifact, damaged, a recipe or panel that is not that of the weights.
RunEncoder load_run_encoder(store::RunReader& reader, std::optional<std::int64_t> step);

}  // namespace geocyte::app
