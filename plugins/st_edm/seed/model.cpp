// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugins/st_edm/seed/model.h"

#include <algorithm>
#include <cmath>

#include <ATen/TensorOperators.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/full.h>

#include "engine/geometry/gram.h"
#include "engine/geometry/rigid.h"
#include "engine/nn/edm.h"
#include "engine/nn/generator.h"
#include "engine/nn/heun.h"

namespace geocyte::plugins::st_edm {
namespace {

constexpr std::int64_t kPart = 1500;
constexpr int kFewSteps = 4, kOpenLoopSteps = 12;
constexpr double kLastLevel = 0.02;        // in units of S

}  // namespace

SeedModel::SeedModel(const SeedOptions& options, std::int64_t features, std::int64_t dims, std::int64_t samples, at::Generator weights, c10::ScalarType dtype, c10::Device device)
    : options_(options), dims_(dims), samples_(samples), context_(features, options, weights, dtype), generator_(options, weights, dtype), score_(options, weights, dtype) {
  context_->to(device);
  generator_->to(device);
  score_->to(device);
}

at::Tensor SeedModel::denoised(const at::Tensor& h, const at::Tensor& x, const at::Tensor& sigma, const at::Tensor& own) const {
  const nn::EdmScales scale = nn::edm_scales(sigma, sigma_data_);
  return scale.skip * x + scale.out * output(h, x, own, sigma);
}

at::Tensor SeedModel::target(const at::Tensor& places, const at::Tensor& generated) const {
  const at::NoGradGuard no_gradient;
  const at::Tensor v = geometry::principal_frame(places, {}, options_.latent);
  return options_.frame == "generator" ? v.matmul(geometry::fit_rigid(v, generated.detach()).rotation) : v;
}

RefineSets SeedModel::set_of(const at::Tensor& z, const at::Tensor& places) const {
  const at::NoGradGuard no_gradient;
  RefineSets set;
  set.features = context(z.unsqueeze(0));
  set.base = generate(set.features);
  if (places.defined()) set.clean = set.places = target(places.unsqueeze(0), set.base);
  return set;
}

void SeedModel::measure_sigma_data(const at::Tensor& places) {
  const at::Tensor v = geometry::principal_frame(places, {}, options_.latent);
  sigma_data_ = std::max(1e-3, v.square().mean({1, 2}).sqrt().median().item<double>());
}

LiveAxes SeedModel::live() const {
  const std::int64_t count = std::min(dims_, options_.latent);
  return {count, sigma_data_ * std::sqrt(static_cast<double>(options_.latent) / static_cast<double>(count))};
}

at::Tensor SeedModel::denoise(const RefineSets& sets, const at::Tensor& x, const at::Tensor& sigma, const at::Tensor& own) const {
  const at::NoGradGuard no_gradient;
  return denoised(sets.features.expand({x.size(0), -1, -1}), x, sigma, own);
}

at::Tensor SeedModel::heun(const RefineSets& set, const at::Tensor& x, double sigma, int steps, const StopToken& stop) const {
  nn::HeunOptions how;
  how.steps = steps;
  how.sigma_max = sigma;
  how.sigma_min = std::min(0.5 * sigma, kLastLevel * sigma_data_);
  how.stop = stop;
  at::Tensor own;
  const auto denoiser = [&](const at::Tensor& state, double level) {
    own = denoise(set, state.to(x.scalar_type()), at::full({x.size(0)}, level, x.options()), own);
    return own;
  };
  const auto made = nn::heun_sample(x.to(at::kDouble), denoiser, how, nn::make_generator(0, x.device()));
  return made ? made->to(x.scalar_type()) : at::Tensor();
}

at::Tensor SeedModel::samples(const RefineSets& set, std::int64_t count, double sigma, std::uint64_t seed, const StopToken& stop) const {
  const at::NoGradGuard no_gradient;
  const std::int64_t n = set.base.size(1), parts = (n + kPart - 1) / kPart;
  const at::Generator noise = nn::make_generator(seed, set.base.device());
  const at::Tensor begin = set.base + sigma * at::empty({count, n, set.base.size(2)}, set.base.options()).normal_(0, 1, noise);
  at::Tensor made = set.base.expand({count, -1, -1}).clone();
  for (std::int64_t part = 0; part < parts; ++part) {
    const at::Tensor rows = at::arange(part, n, parts, at::TensorOptions(set.base.device()).dtype(at::kLong));
    const RefineSets here{set.base.index_select(1, rows), set.features.index_select(1, rows), {}, {}};
    for (std::int64_t k = 0; k < count; ++k) {
      const at::Tensor refined = heun(here, begin.narrow(0, k, 1).index_select(1, rows), sigma, kFewSteps, stop);
      if (refined.defined()) made[k].index_copy_(0, rows, refined[0]);
    }
  }
  return made;
}

at::Tensor SeedModel::from_noise(const RefineSets& set, double level, std::uint64_t seed, const StopToken& stop) const {
  const at::NoGradGuard no_gradient;
  const double sigma = level * sigma_data_;
  const at::Tensor x = at::empty(set.base.sizes(), set.base.options()).normal_(0, sigma, nn::make_generator(seed, set.base.device()));
  const at::Tensor made = heun(set, x, sigma, kOpenLoopSteps, stop);
  return made.defined() ? made[0] : set.base[0];
}

}  // namespace geocyte::plugins::st_edm
