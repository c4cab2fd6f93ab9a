// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/nn/layers.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/empty_like.h>
#include <ATen/ops/layer_norm.h>
#include <ATen/ops/linear.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/zeros.h>

#include <cmath>
#include <utility>

#include "engine/core/check.h"

namespace geocyte::nn {
namespace {

constexpr double kNormEpsilon = 1e-5;

}  // namespace

LinearImpl::LinearImpl(std::int64_t in, std::int64_t out, at::Generator generator, c10::ScalarType dtype) {
  require(in >= 1 && out >= 1, "a linear layer has at least one input and one output");
  const double bound = 1 / std::sqrt(static_cast<double>(in));
  weight_ = register_parameter("weight", at::empty({out, in}, dtype).uniform_(-bound, bound, generator));
  bias_ = register_parameter("bias", at::empty({out}, dtype).uniform_(-bound, bound, generator));
}

at::Tensor LinearImpl::forward(const at::Tensor& x) const { return at::linear(x, weight_, bias_); }

LayerNormImpl::LayerNormImpl(std::int64_t width, NormKernel kernel, c10::ScalarType dtype) : kernel_(kernel) {
  require(width >= 1, "a layer norm has at least one unit");
  weight_ = register_parameter("weight", at::ones({width}, dtype));
  bias_ = register_parameter("bias", at::zeros({width}, dtype));
}

at::Tensor LayerNormImpl::forward(const at::Tensor& x) const {
  if (kernel_ == NormKernel::fused) return at::layer_norm(x, weight_.sizes(), weight_, bias_, kNormEpsilon);
  const auto centred = x - x.mean(-1, /*keepdim=*/true);
  const auto scale = (centred.pow(2).mean(-1, /*keepdim=*/true) + kNormEpsilon).rsqrt();
  return centred * scale * weight_ + bias_;
}

at::Tensor dropout(const at::Tensor& x, double p, at::Generator generator) {
  require(p >= 0 && p < 1, "a dropout probability is in [0, 1)");
  if (p == 0) return x;
  return x * at::empty_like(x.detach()).bernoulli_(1 - p, std::move(generator)).div_(1 - p);
}

}  // namespace geocyte::nn
