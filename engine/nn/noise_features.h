// SPDX-License-Identifier: GPL-3.0-or-later
// Random Fourier features of a noise level:
//
//   phi_k(c) = sqrt(2) cos(2 pi (f_k c + p_k)),   f ~ N(0, bandwidth^2),  p ~ U(0, 1)       (Tancik et al. 2020; Karras et al. 2024, eq. 75)
//
// f and p are drawn once and saved with the module; they do not learn. c is the c_noise of edm.h. Each feature has mean square 1.
// Shapes: c (B) -> (B, width).
#pragma once

#include "engine/nn/layers.h"

namespace geocyte::nn {

class NoiseFeaturesImpl : public torch::nn::Module {
 public:
  NoiseFeaturesImpl(std::int64_t width, at::Generator generator, c10::ScalarType dtype = c10::kFloat, double bandwidth = 1);
  at::Tensor forward(const at::Tensor& c_noise) const;

 private:
  at::Tensor frequency_, phase_;           // (width)
};
TORCH_MODULE(NoiseFeatures);

}  // namespace geocyte::nn
