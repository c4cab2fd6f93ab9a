// SPDX-License-Identifier: GPL-3.0-or-later
// The two layers that networks here are made of. Both are drawn on the host from a generator that is handed in, so that a
// seed gives the same network on every device.
#pragma once

#include <ATen/core/Generator.h>
#include <torch/nn/module.h>
#include <torch/nn/pimpl.h>

#include <cstdint>

namespace geocyte::nn {

/// y = x W' + b, W (out, in) and b (out) uniform in +-1/sqrt(in): torch's own rule for Linear (Kaiming uniform, a = sqrt 5).
class LinearImpl : public torch::nn::Module {
 public:
  LinearImpl(std::int64_t in, std::int64_t out, at::Generator generator, c10::ScalarType dtype = c10::kFloat);
  at::Tensor forward(const at::Tensor& x) const;   // (B, in) -> (B, out)

 private:
  at::Tensor weight_, bias_;
};
TORCH_MODULE(Linear);

/// How a LayerNorm is computed. A loss that differentiates a directional derivative of the network (Jacobian or metric
/// regularisers) gets a silently wrong gradient through the fused kernel of torch 2.11, in forward mode and by double
/// backward; `composed` is made of elementary operations and right there. Otherwise the two are the same; fused is faster.
enum class NormKernel { fused, composed };

/// y = (x - mean) / sqrt(var + 1e-5) * weight + bias over the last dimension; weight starts at 1, bias at 0.
/// (Ba, Kiros, Hinton 2016; biased variance.)
class LayerNormImpl : public torch::nn::Module {
 public:
  explicit LayerNormImpl(std::int64_t width, NormKernel kernel = NormKernel::fused, c10::ScalarType dtype = c10::kFloat);
  at::Tensor forward(const at::Tensor& x) const;

 private:
  at::Tensor weight_, bias_;
  NormKernel kernel_;
};
TORCH_MODULE(LayerNorm);

/// Keeps each entry with probability 1 - p and divides it by 1 - p. p in [0, 1). The mask is drawn from `generator`.
at::Tensor dropout(const at::Tensor& x, double p, at::Generator generator);

}  // namespace geocyte::nn
