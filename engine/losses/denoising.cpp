// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/losses/denoising.h"

#include <ATen/TensorOperators.h>

#include "engine/core/check.h"
#include "engine/geometry/sets.h"

namespace geocyte::losses {

at::Tensor set_error(const at::Tensor& prediction, const at::Tensor& target, const at::Tensor& mask) {
  require_shape("target of a denoiser", target.sizes(), prediction.sizes());
  const auto squared = (prediction - target).pow(2).mean(-1);                       // (B, n)
  const auto points = geometry::mask_of(prediction, mask);
  return squared.masked_fill(points.logical_not(), 0).sum(-1) / points.sum(-1).clamp_min(1);
}

at::Tensor denoising_edm(const at::Tensor& error, const at::Tensor& weight) {
  require_shape("weights of sets", weight.sizes(), error.sizes());
  return (weight * error).mean();
}

at::Tensor denoising_normalised(const at::Tensor& error, const at::Tensor& weight) {
  require_shape("weights of sets", weight.sizes(), error.sizes());
  return (weight * error).sum() / weight.sum().clamp_min(1e-12);
}

at::Tensor denoising_edm2(const at::Tensor& error, const at::Tensor& weight, const at::Tensor& log_variance) {
  require_shape("weights of sets", weight.sizes(), error.sizes());
  require_shape("log-variances of sets", log_variance.sizes(), error.sizes());
  return (weight * error * (-log_variance).exp() + log_variance).mean();
}

}  // namespace geocyte::losses
