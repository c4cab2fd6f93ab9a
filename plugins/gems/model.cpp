// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugins/gems/model.h"

#include <algorithm>
#include <string>
#include <utility>

#include <ATen/core/grad_mode.h>

#include "engine/core/check.h"
#include "engine/nn/generator.h"

namespace geocyte::plugins::gems {
namespace {

constexpr double kStart = 0.1;             // of the usual size of what the layers add to a linear embedding

void start_small(nn::MlpImpl& encoder) {
  const c10::NoGradGuard no_gradient;
  auto parameters = encoder.named_parameters();
  const std::string last = "linear" + std::to_string(encoder.options().hidden.size());
  parameters[last + ".weight"].mul_(kStart);
  parameters[last + ".bias"].mul_(kStart);
}

}  // namespace

Model::Model(std::int64_t genes, std::int64_t sources, const GemsOptions& options, train::TrainContext& ctx) : device_(ctx.device()) {
  nn::MlpOptions encoder;
  encoder.in = genes;
  encoder.hidden = options.encoder.hidden;
  encoder.out = options.encoder.latent;
  encoder.dropout = options.encoder.dropout;
  encoder.skip = options.encoder.components > 0;
  encoder_ = nn::Mlp(encoder, nn::make_generator(ctx.rng().stream("weights")()), ctx.dtype());
  encoder_->to(device_);
  if (encoder.skip) start_small(*encoder_);
  auto learned = encoder_->parameters();
  if (options.encoder.source_norm) {
    nn::DomainNormOptions norm;
    norm.width = options.encoder.latent;
    norm.sources = sources;
    norm.affine_by_source = false;   // a scale and shift of its own would let a source stand apart again
    source_norm_ = nn::DomainNorm(norm, ctx.dtype());
    source_norm_->to(device_);
    for (const at::Tensor& parameter : source_norm_->parameters()) learned.push_back(parameter);
  }
  encoder_optimizer_ = std::make_unique<optim::AdamW>(
      std::move(learned), torch::optim::AdamWOptions(options.optimizer.lr).weight_decay(options.optimizer.weight_decay));
}

at::Tensor Model::embed(const at::Tensor& x, const at::Tensor& source, const std::optional<at::Generator>& noise,
                        nn::DomainNormImpl::Measured* measured) const {
  const at::Tensor z = encoder_->forward(x, noise);   // (B, D)
  if (source_norm_.is_empty()) return z;
  return measured != nullptr ? source_norm_->forward(z, source, *measured) : source_norm_->forward(z, source);
}

at::Generator Model::weights_generator(const std::string& part, train::TrainContext& ctx) const {
  return nn::make_generator(ctx.rng().stream("weights/" + part)());
}

optim::AdamW& Model::add(PartSpec part, const GemsOptions& options) {
  require(std::none_of(parts_.begin(), parts_.end(), [&](const Part& other) { return other.spec.name == part.name; }),
          "there is one part named " + part.name);
  part.module->to(device_);
  auto how = torch::optim::AdamWOptions(part.lr).weight_decay(options.optimizer.weight_decay);
  how.betas({part.beta1, std::get<1>(how.betas())});
  auto optimizer = std::make_unique<optim::AdamW>(part.module->parameters(), how);
  parts_.push_back({std::move(part), std::move(optimizer)});
  return *parts_.back().optimizer;
}

const torch::nn::Module& Model::part(const std::string& name) const {
  const auto found = std::find_if(parts_.begin(), parts_.end(), [&](const Part& one) { return one.spec.name == name; });
  require(found != parts_.end(), "the model has a part named " + name);
  return *found->spec.module;
}

std::vector<std::pair<std::string, optim::AdamW*>> Model::partners() const {
  std::vector<std::pair<std::string, optim::AdamW*>> all;
  for (const Part& one : parts_)
    if (one.spec.role == Role::partner) all.emplace_back(one.spec.name, one.optimizer.get());
  return all;
}

void Model::save(train::CheckpointWriter& writer) const {
  writer.module("encoder", *encoder_);
  if (!source_norm_.is_empty()) writer.module("source_norm", *source_norm_);
  writer.optimizer("encoder", *encoder_optimizer_);
  Json names = Json::array();
  for (const Part& one : parts_) {
    writer.module(one.spec.name, *one.spec.module);
    writer.optimizer(one.spec.name, *one.optimizer);
    names.push_back(one.spec.name);
  }
  writer.value("parts", std::move(names));
}

void Model::load(train::CheckpointReader& reader) {
  reader.module("encoder", *encoder_);
  if (!source_norm_.is_empty()) reader.module("source_norm", *source_norm_);
  reader.optimizer("encoder", *encoder_optimizer_);
  const Json& names = reader.value("parts");
  for (Part& one : parts_) {
    if (std::find(names.begin(), names.end(), Json(one.spec.name)) == names.end()) continue;
    reader.module(one.spec.name, *one.spec.module);
    reader.optimizer(one.spec.name, *one.optimizer);
  }
}

}  // namespace geocyte::plugins::gems
