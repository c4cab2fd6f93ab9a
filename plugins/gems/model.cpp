// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugins/gems/model.h"

#include <algorithm>

#include <ATen/core/grad_mode.h>
#include <ATen/ops/empty.h>

#include "engine/nn/discriminator.h"
#include "engine/nn/generator.h"

namespace geocyte::plugins::gems {
namespace {

constexpr std::int64_t kChunk = 2048;   // rows embedded at once: bounds the memory of hidden layers

std::unique_ptr<optim::AdamW> make_optimizer(const nn::Mlp& network, double lr, double weight_decay) {
  return std::make_unique<optim::AdamW>(network->parameters(), torch::optim::AdamWOptions(lr).weight_decay(weight_decay));
}

}  // namespace

Model::Model(std::int64_t genes, const GemsOptions& options, train::TrainContext& ctx) {
  const at::Generator generator = nn::make_generator(ctx.rng().stream("weights")());
  nn::MlpOptions encoder;
  encoder.in = genes;
  encoder.hidden = options.encoder.hidden;
  encoder.out = options.encoder.latent;
  encoder.dropout = options.encoder.dropout;
  encoder_ = nn::Mlp(encoder, generator, ctx.dtype());
  nn::DiscriminatorOptions discriminator;
  discriminator.latent = options.encoder.latent;
  discriminator.hidden = options.discriminator.hidden;
  discriminator.dropout = options.discriminator.dropout;
  discriminator_ = nn::make_discriminator(discriminator, generator, ctx.dtype());
  encoder_->to(ctx.device());
  discriminator_->to(ctx.device());
  encoder_optimizer_ = make_optimizer(encoder_, options.optimizer.lr, options.optimizer.weight_decay);
  discriminator_optimizer_ = make_optimizer(discriminator_, options.discriminator.lr, options.optimizer.weight_decay);
}

at::Tensor Model::embed(const at::Tensor& expression) const {
  const at::NoGradGuard no_gradient;
  const std::int64_t rows = expression.size(0);
  at::Tensor all = at::empty({rows, encoder_->options().out}, at::kFloat);
  for (std::int64_t begin = 0; begin < rows; begin += kChunk) {
    const std::int64_t count = std::min(kChunk, rows - begin);
    all.narrow(0, begin, count).copy_(encoder_->forward(expression.narrow(0, begin, count)));   // (count, D)
  }
  return all;
}

void Model::save(train::CheckpointWriter& writer) const {
  writer.module("encoder", *encoder_);
  writer.module("discriminator", *discriminator_);
  writer.optimizer("encoder", *encoder_optimizer_);
  writer.optimizer("discriminator", *discriminator_optimizer_);
}

void Model::load(train::CheckpointReader& reader) {
  reader.module("encoder", *encoder_);
  reader.module("discriminator", *discriminator_);
  reader.optimizer("encoder", *encoder_optimizer_);
  reader.optimizer("discriminator", *discriminator_optimizer_);
}

}  // namespace geocyte::plugins::gems
