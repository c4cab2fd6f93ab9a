// SPDX-License-Identifier: GPL-3.0-or-later
// An affine map a source, behind a frozen encoder: what a closed-form adapter (Monge, CORAL) hands over.
//
//   y = (z - from_s) A_s + to_s
//
// A source without a map of its own is told apart by name and stays as it is.
// Names of buffers: from (S, D), linear (S, D, D), to (S, D).
#pragma once

#include <ATen/core/Tensor.h>
#include <torch/nn/module.h>
#include <torch/nn/pimpl.h>

#include <cstdint>
#include <string>
#include <vector>

namespace geocyte::nn {

class SourceMapsImpl : public torch::nn::Module {
 public:
  /// Identities; `names` one a source. Throws Error{internal} for no source or no dimension.
  SourceMapsImpl(std::vector<std::string> names, std::int64_t latent, c10::ScalarType dtype = c10::kFloat);

  /// z (B, D), number (B) int64 in 0 .. S-1 -> (B, D), on the device of z.
  at::Tensor forward(const at::Tensor& z, const at::Tensor& number) const;
  /// z of one source; itself when the name is not known.
  at::Tensor of_source(const at::Tensor& z, const std::string& name) const;
  const std::vector<std::string>& names() const { return names_; }

  at::Tensor from, linear, to;             ///< (S, D), (S, D, D), (S, D)

 private:
  std::vector<std::string> names_;
};
TORCH_MODULE(SourceMaps);

}  // namespace geocyte::nn
