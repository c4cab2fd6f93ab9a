// SPDX-License-Identifier: GPL-3.0-or-later
// A pair of small networks that carry an embedding from one group to the other and back:
//
//   T_0(z) = z + P_0(z)   from group 0 to group 1,      T_1(z) = z + P_1(z)   from 1 to 0        P: perceptrons
//
// The last layer of each P starts at 0, so that both begin as the identity and learn only what differs. Trained with the cycle
// (losses/round_trip.h) and a term that compares T_0(z_0) with z_1 and T_1(z_1) with z_0, any of those that align.
// Reference: Zhu et al., ICCV 2017 (cycle consistency, there of images).
#pragma once

#include "engine/nn/mlp.h"

namespace geocyte::nn {

struct TranslatorOptions {
  std::int64_t latent = 128;
  std::vector<std::int64_t> hidden = {128};
};

class TranslatorImpl : public torch::nn::Module {
 public:
  TranslatorImpl(const TranslatorOptions& options, at::Generator generator, c10::ScalarType dtype = c10::kFloat);

  /// Each cell carried over to the other group; labels int64 (B) of 0, 1 or -1 (stays as it is).
  at::Tensor forward(const at::Tensor& z, const at::Tensor& labels) const;
  /// There and back again.
  at::Tensor round_trip(const at::Tensor& z, const at::Tensor& labels) const;

 private:
  Mlp to_[2] = {nullptr, nullptr};
};
TORCH_MODULE(Translator);

}  // namespace geocyte::nn
