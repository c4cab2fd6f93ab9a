// SPDX-License-Identifier: GPL-3.0-or-later
// Feature-wise modulation by a condition (FiLM; Perez et al., AAAI 2018):
//
//   FiLM(x, c) = x (1 + gamma(c)) + beta(c),     [gamma, beta] = Linear(silu(Linear(c)))
//
// The last layer starts at 0, so that at first the block is the identity and the condition earns its influence.
// Shapes: x (..., n, width), c (..., n, condition) or anything that broadcasts over the points, as (..., 1, condition).
#pragma once

#include "engine/nn/layers.h"

namespace geocyte::nn {

struct FilmOptions {
  std::int64_t width = 0, condition = 0;
  std::int64_t hidden = 0;                 ///< 0: as wide as x
};

class FilmImpl : public torch::nn::Module {
 public:
  FilmImpl(const FilmOptions& options, at::Generator generator, c10::ScalarType dtype = c10::kFloat);
  at::Tensor forward(const at::Tensor& x, const at::Tensor& condition) const;

 private:
  Linear linear0_{nullptr}, linear1_{nullptr};
};
TORCH_MODULE(Film);

}  // namespace geocyte::nn
