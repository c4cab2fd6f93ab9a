// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/nn/discriminator.h"

#include <string>
#include <utility>

#include "engine/core/error.h"

namespace geocyte::nn {

Mlp make_discriminator(const DiscriminatorOptions& options, at::Generator generator, c10::ScalarType dtype) {
  if (options.classes < 2)
    throw Error(ErrorCode::bad_config, "a discriminator of " + std::to_string(options.classes) + " classes has nothing to tell apart",
                "Give data of at least two groups, or switch the adversary off.");
  return Mlp(MlpOptions{.in = options.latent, .hidden = options.hidden, .out = options.classes, .dropout = options.dropout,
                        .layer_norm = options.layer_norm},
             std::move(generator), dtype);
}

}  // namespace geocyte::nn
