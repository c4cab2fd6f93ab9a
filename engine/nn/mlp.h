// SPDX-License-Identifier: GPL-3.0-or-later
// A multilayer perceptron: hidden layers Linear - LayerNorm - ReLU - Dropout, then a bare Linear.
//
// There is no train/eval mode. Dropout acts when, and only when, forward() is given a generator to draw from, so what is
// judged and what is optimised differ only where the call says so, and observing cannot disturb training.
// With `skip` the output is that of the layers plus x S, S fixed: the layers learn what to change about a linear embedding.
// Parameters are drawn in order of the layers from one generator on the host: a seed gives the same network on every
// device. Names: linear0.weight, linear0.bias, norm0.weight, norm0.bias, linear1.weight, …
#pragma once

#include <ATen/core/Generator.h>
#include <torch/nn/module.h>
#include <torch/nn/pimpl.h>

#include <cstdint>
#include <optional>
#include <vector>

#include "engine/core/json.h"
#include "engine/nn/layers.h"

namespace geocyte::nn {

struct MlpOptions {
  std::int64_t in = 0;
  std::vector<std::int64_t> hidden;        ///< widths; empty = one linear map
  std::int64_t out = 0;
  double dropout = 0;                      ///< [0, 1)
  bool layer_norm = true;
  bool skip = false;                       ///< a fixed linear map from input to output beside the layers
  NormKernel norm_kernel = NormKernel::fused;

  bool operator==(const MlpOptions&) const = default;
};

/// {"in": 500, "hidden": [512, 256], "out": 128, "dropout": 0.1, "layer_norm": true}
Json to_json(const MlpOptions& options);
/// Throws Error{bad_data} that names the key that is missing, unknown, of the wrong type or out of range.
MlpOptions mlp_options_from_json(const Json& json);

class MlpImpl : public torch::nn::Module {
 public:
  /// Throws Error{bad_config} for a width below 1 or a dropout outside [0, 1).
  MlpImpl(MlpOptions options, at::Generator generator, c10::ScalarType dtype = c10::kFloat);

  /// x (B, in) -> (B, out). With a generator of x's device dropout acts, without it the network is a function.
  at::Tensor forward(const at::Tensor& x, const std::optional<at::Generator>& noise = std::nullopt) const;

  /// What the fixed map gives of x (B, in): x S, (B, out). Undefined without one.
  at::Tensor skipped(const at::Tensor& x) const;
  /// S (in, out); 0 at first. Throws Error{internal} for another shape or a network without a skip.
  void set_skip(const at::Tensor& weight);

  const MlpOptions& options() const { return options_; }

 private:
  MlpOptions options_;
  std::vector<Linear> linear_;
  std::vector<LayerNorm> norm_;
  at::Tensor skip_;                        ///< buffer (in, out)
};
TORCH_MODULE(Mlp);

}  // namespace geocyte::nn
