// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/nn/edm.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/special_ndtri.h>
#include <ATen/ops/zeros.h>

#include <array>
#include <cmath>

#include "engine/core/check.h"
#include "engine/geometry/sets.h"

namespace geocyte::nn {
namespace {

double normal_cdf(double z) { return 0.5 * std::erfc(-z / std::sqrt(2.0)); }

}  // namespace

EdmScales edm_scales(const at::Tensor& sigma, double sigma_data, bool absolute_noise) {
  require(sigma.dim() == 1 && sigma_data > 0, "noise levels are a vector and sigma_data is above 0");
  const auto s = sigma.view({-1, 1, 1});
  const auto total = s * s + sigma_data * sigma_data;
  return {sigma_data * sigma_data / total, s * sigma_data * total.rsqrt(), total.rsqrt(), (sigma / (absolute_noise ? 1 : sigma_data)).log() / 4};
}

at::Tensor edm_weight(const at::Tensor& sigma, double sigma_data) {
  return (sigma * sigma + sigma_data * sigma_data) / (sigma * sigma_data).pow(2);
}

at::Tensor edm_denoise(const EdmNetwork& network, const at::Tensor& x, const at::Tensor& sigma, double sigma_data, bool absolute_noise) {
  require_shape("noise levels of sets", sigma.sizes(), std::array{x.size(0)});
  const auto scale = edm_scales(sigma, sigma_data, absolute_noise);
  return scale.skip * x + scale.out * network(scale.in * x, scale.noise);
}

double do_nothing_scale(double sigma, double sigma_data) { return sigma_data / std::hypot(sigma, sigma_data); }

double do_nothing_error(double sigma, double sigma_data) { return sigma * sigma / (sigma * sigma + sigma_data * sigma_data); }

double live_sigma_data(const at::Tensor& sets, const at::Tensor& mask) {
  const auto points = geometry::centred(sets.detach().to(at::kDouble), mask).reshape({-1, sets.size(-1)});
  const double count = geometry::mask_of(sets, mask).sum().item<double>();
  if (count == 0) return 0;
  const auto variance = points.pow(2).sum(0) / count;                              // (D)
  const auto widest = variance.max();
  if (widest.item<double>() == 0) return 0;
  return variance.masked_select(variance > 1e-6 * widest).mean().sqrt().item<double>();
}

at::Tensor draw_sigma(const SigmaLaw& law, std::int64_t count, double sigma_data, at::Generator generator) {
  require(count >= 0 && sigma_data > 0, "noise levels are drawn for a sigma_data above 0");
  if (!(law.low > 0 && law.low < law.high && law.spread > 0 && law.centre > 0))
    throw Error(ErrorCode::bad_config, "the law of noise levels needs 0 < low < high, a centre and a spread above 0");
  const double from = std::log(law.low / law.centre) / law.spread, to = std::log(law.high / law.centre) / law.spread;
  const auto host = at::TensorOptions().dtype(at::kDouble);
  at::Tensor z;
  if (law.tail == SigmaLaw::Tail::clamp) {
    z = at::empty({count}, host).normal_(0, 1, std::move(generator)).clamp(from, to);
  } else {
    // By symmetry the interval may be mirrored to where the distribution function keeps its digits.
    const bool mirror = from > 0;
    const double below = normal_cdf(mirror ? -to : from), above = normal_cdf(mirror ? -from : to);
    if (!(above - below > 1e-6)) throw Error(ErrorCode::bad_config, "almost no noise level of the law lies between its bounds", "widen low and high, or move the centre");
    z = at::special_ndtri(at::empty({count}, host).uniform_(below, above, std::move(generator))).clamp(mirror ? -to : from, mirror ? -from : to);
    if (mirror) z = -z;
  }
  return (z * law.spread).exp() * (law.centre * sigma_data);
}

LogVarianceImpl::LogVarianceImpl(std::int64_t width, at::Generator generator, c10::ScalarType dtype) {
  features_ = register_module("features", NoiseFeatures(width, generator, dtype));
  weight_ = register_parameter("weight", at::zeros({width}, dtype));
}

at::Tensor LogVarianceImpl::forward(const at::Tensor& c_noise) const {
  return features_->forward(c_noise).matmul(weight_) / std::sqrt(static_cast<double>(weight_.size(0)));
}

}  // namespace geocyte::nn
