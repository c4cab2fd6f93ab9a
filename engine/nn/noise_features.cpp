// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/nn/noise_features.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/empty.h>

#include <array>
#include <cmath>

#include "engine/core/check.h"

namespace geocyte::nn {

NoiseFeaturesImpl::NoiseFeaturesImpl(std::int64_t width, at::Generator generator, c10::ScalarType dtype, double bandwidth) {
  require(width >= 1 && bandwidth > 0, "noise features have a width and a bandwidth above 0");
  frequency_ = register_buffer("frequency", at::empty({width}, dtype).normal_(0, bandwidth, generator));
  phase_ = register_buffer("phase", at::empty({width}, dtype).uniform_(0, 1, generator));
}

at::Tensor NoiseFeaturesImpl::forward(const at::Tensor& c_noise) const {
  require_shape("noise levels", c_noise.sizes(), std::array{std::int64_t{-1}});
  const auto turns = c_noise.to(frequency_.scalar_type()).unsqueeze(1) * frequency_ + phase_;   // (B, width)
  return (turns * (2 * M_PI)).cos() * std::sqrt(2.0);
}

}  // namespace geocyte::nn
