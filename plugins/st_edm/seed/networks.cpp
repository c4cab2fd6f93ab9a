// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugins/st_edm/seed/networks.h"

#include <string>

#include <ATen/TensorOperators.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/relu.h>
#include <ATen/ops/silu.h>
#include <ATen/ops/zeros_like.h>

#include "engine/geometry/sets.h"
#include "engine/nn/angle_features.h"
#include "engine/nn/edm.h"

namespace geocyte::plugins::st_edm {
namespace {

constexpr std::int64_t kHeads = 4, kTime = 128, kNearest = 12, kAngles = 8;
constexpr double kAngleLevel = 0.3, kAngleSlope = 20;

std::int64_t width_of(const SeedOptions& options) { return kHeads * options.width; }

nn::SetBlockOptions block_of(const SeedOptions& options) {
  nn::SetBlockOptions block;
  block.in = block.width = width_of(options);
  block.heads = kHeads;
  block.points = options.points;
  return block;
}

}  // namespace

SeedContextImpl::SeedContextImpl(std::int64_t features, const SeedOptions& options, at::Generator generator, c10::ScalarType dtype) {
  in_ = register_module("in", nn::Linear(features, width_of(options), generator, dtype));
  for (std::int64_t i = 0; i < options.context; ++i) blocks_.push_back(register_module("block" + std::to_string(i), nn::Isab(block_of(options), generator, dtype)));
}

at::Tensor SeedContextImpl::forward(const at::Tensor& z) const {
  at::Tensor h = in_->forward(z);
  for (const nn::Isab& block : blocks_) h = block->forward(h);
  return h;
}

SeedGeneratorImpl::SeedGeneratorImpl(const SeedOptions& options, at::Generator generator, c10::ScalarType dtype) {
  for (std::int64_t i = 0; i < options.generate; ++i) blocks_.push_back(register_module("block" + std::to_string(i), nn::Isab(block_of(options), generator, dtype)));
  hidden_ = register_module("hidden", nn::Linear(width_of(options), width_of(options), generator, dtype));
  out_ = register_module("out", nn::Linear(width_of(options), options.latent, generator, dtype));
}

at::Tensor SeedGeneratorImpl::forward(const at::Tensor& context) const {
  at::Tensor h = context;
  for (const nn::Isab& block : blocks_) h = block->forward(h);
  return geometry::centred(out_->forward(at::relu(hidden_->forward(h))));
}

SeedScoreImpl::SeedScoreImpl(const SeedOptions& options, at::Generator generator, c10::ScalarType dtype) {
  const std::int64_t width = width_of(options);
  noise_ = register_module("noise", nn::NoiseFeatures(kTime, generator, dtype));
  time0_ = register_module("time0", nn::Linear(kTime, width, generator, dtype));
  time1_ = register_module("time1", nn::Linear(width, width, generator, dtype));
  in_ = register_module("in", nn::Linear(2 * width + 2 * options.latent + kAngles, width, generator, dtype));
  for (std::int64_t i = 0; i < options.denoise; ++i) {
    blocks_.push_back(register_module("block" + std::to_string(i), nn::Isab(block_of(options), generator, dtype)));
    films_.push_back(register_module("film" + std::to_string(i), nn::Film(nn::FilmOptions{width, 2 * width, 0}, generator, dtype)));
  }
  hidden_ = register_module("hidden", nn::Linear(width, width, generator, dtype));
  out_ = register_module("out", nn::Linear(width, options.latent, generator, dtype));
}

at::Tensor SeedScoreImpl::forward(const at::Tensor& context, const at::Tensor& x, const at::Tensor& own, const at::Tensor& sigma, double sigma_data) const {
  const nn::EdmScales scale = nn::edm_scales(sigma, sigma_data, /*absolute_noise=*/true);
  const at::Tensor y = geometry::centred(x), estimate = own.defined() ? geometry::centred(own) : at::Tensor();
  const at::Tensor t = time1_->forward(at::silu(time0_->forward(noise_->forward(scale.noise)))).unsqueeze(1).expand({-1, x.size(1), -1});
  const at::Tensor near = ((kAngleLevel - sigma) * kAngleSlope).sigmoid().view({-1, 1, 1});
  const at::Tensor angles = nn::angle_features(estimate.defined() ? estimate : y, {}, kNearest, kAngles) * near;
  const at::Tensor seen = at::cat({context, t}, -1);                                                  // (B, n, 2c)
  at::Tensor h = in_->forward(at::cat({seen, estimate.defined() ? estimate * scale.in : at::zeros_like(y), angles, y * scale.in}, -1));
  for (std::size_t i = 0; i < blocks_.size(); ++i) h = films_[i]->forward(blocks_[i]->forward(h), seen);
  return out_->forward(at::silu(hidden_->forward(h)));
}

}  // namespace geocyte::plugins::st_edm
