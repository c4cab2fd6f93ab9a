// SPDX-License-Identifier: GPL-3.0-or-later
// The two networks of gems and their optimisers: the encoder, and the discriminator that is trained against it.
#pragma once

#include <memory>

#include "engine/nn/mlp.h"
#include "engine/optim/adamw.h"
#include "engine/train/state_io.h"
#include "engine/train/train_context.h"
#include "plugins/gems/options.h"

namespace geocyte::plugins::gems {

class Model {
 public:
  /// Encoder genes -> latent, discriminator latent -> 2. Weights come from the stream "weights".
  Model(std::int64_t genes, const GemsOptions& options, train::TrainContext& ctx);

  const nn::Mlp& encoder() const { return encoder_; }
  const nn::Mlp& discriminator() const { return discriminator_; }
  optim::AdamW& encoder_optimizer() { return *encoder_optimizer_; }
  optim::AdamW& discriminator_optimizer() { return *discriminator_optimizer_; }

  /// Embedding of `expression` (N, G) as (N, latent) float on the host: no dropout, no gradient, in chunks.
  at::Tensor embed(const at::Tensor& expression) const;

  void save(train::CheckpointWriter& writer) const;
  void load(train::CheckpointReader& reader);

 private:
  nn::Mlp encoder_{nullptr}, discriminator_{nullptr};
  std::unique_ptr<optim::AdamW> encoder_optimizer_, discriminator_optimizer_;
};

}  // namespace geocyte::plugins::gems
