// SPDX-License-Identifier: GPL-3.0-or-later
// The classifier that tries to tell groups of cells apart by their embedding: D -> 256 -> 256 -> K logits, ReLU, dropout.
// No batch normalisation: its statistics over a mixed batch leak what the batch is made of. No softmax: losses take logits.
#pragma once

#include "engine/nn/mlp.h"

namespace geocyte::nn {

struct DiscriminatorOptions {
  std::int64_t latent = 128;
  std::vector<std::int64_t> hidden = {256, 256};
  std::int64_t classes = 2;                ///< >= 2, else Error{bad_config}
  double dropout = 0.1;
  bool layer_norm = false;
};

Mlp make_discriminator(const DiscriminatorOptions& options, at::Generator generator, c10::ScalarType dtype = c10::kFloat);

}  // namespace geocyte::nn
