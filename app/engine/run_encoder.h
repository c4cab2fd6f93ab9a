// SPDX-License-Identifier: GPL-3.0-or-later
// The encoder that a run has learned, with the gene panel and the recipe that belong to it, ready for new data.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "app/engine/run_artifact.h"
#include "engine/nn/registry.h"

namespace geocyte::app {

struct RunEncoder {
  nn::ArtifactModule module;               ///< (B, panel) -> (B, latent)
  preprocess::Recipe recipe;
  std::int64_t latent = 0;
};

/// Throws Error{bad_data} in one sentence: not an encoder, damaged, a panel that is not that of the weights.
RunEncoder make_run_encoder(const RunArtifact& artifact, const std::string& run);

/// cells x latent, of the cells of one source, by the encoder's panel and recipe. Throws what Recipe::apply throws.
data::DenseMatrix embed_source(const RunEncoder& encoder, const data::Source& source, preprocess::MissingGenes missing = preprocess::MissingGenes::refuse);

}  // namespace geocyte::app
