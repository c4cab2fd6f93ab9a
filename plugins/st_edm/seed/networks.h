// SPDX-License-Identifier: GPL-3.0-or-later
// The three networks of the seed 004, c = 256 wide, all of set transformer blocks (nn/set_blocks.h), so that a cell sees the others of its set:
//
//   context     H = ISAB^3(W z)                                           z: what is seen of a cell (components or an embedding)
//   generator   V_gen = MLP(ISAB^2(H)), about its mean
//   score       F = MLP( [ISAB, FiLM(H, t)]^4 ( W [H, t, own, a, c_in x] ) )
//
// t: of c_noise = ln(sigma) / 4, absolute; own: c_in times the network's last estimate or 0; a: histograms of the angles between the 12 nearest
// points (nn/angle_features.h) of that estimate, or of x where there is none, times sigmoid(20 (.3 - sigma)). As in the seed, the coordinates reach the
// output through the blocks only: there is no linear path.
// Shapes: z (B, n, F), H (B, n, c), x, own (B, n, D), sigma (B).
#pragma once

#include <ATen/core/Generator.h>
#include <ATen/core/Tensor.h>
#include <torch/nn/module.h>

#include <vector>

#include "engine/nn/film.h"
#include "engine/nn/noise_features.h"
#include "engine/nn/set_blocks.h"
#include "plugins/st_edm/seed/options.h"

namespace geocyte::plugins::st_edm {

class SeedContextImpl : public torch::nn::Module {
 public:
  SeedContextImpl(std::int64_t features, const SeedOptions& options, at::Generator generator, c10::ScalarType dtype);
  at::Tensor forward(const at::Tensor& z) const;

 private:
  nn::Linear in_{nullptr};
  std::vector<nn::Isab> blocks_;
};
TORCH_MODULE(SeedContext);

class SeedGeneratorImpl : public torch::nn::Module {
 public:
  SeedGeneratorImpl(const SeedOptions& options, at::Generator generator, c10::ScalarType dtype);
  at::Tensor forward(const at::Tensor& context) const;

 private:
  std::vector<nn::Isab> blocks_;
  nn::Linear hidden_{nullptr}, out_{nullptr};
};
TORCH_MODULE(SeedGenerator);

class SeedScoreImpl : public torch::nn::Module {
 public:
  SeedScoreImpl(const SeedOptions& options, at::Generator generator, c10::ScalarType dtype);
  /// F. `x` unscaled; `own` undefined: no estimate yet.
  at::Tensor forward(const at::Tensor& context, const at::Tensor& x, const at::Tensor& own, const at::Tensor& sigma, double sigma_data) const;

 private:
  nn::NoiseFeatures noise_{nullptr};
  nn::Linear time0_{nullptr}, time1_{nullptr}, in_{nullptr}, hidden_{nullptr}, out_{nullptr};
  std::vector<nn::Isab> blocks_;
  std::vector<nn::Film> films_;
};
TORCH_MODULE(SeedScore);

}  // namespace geocyte::plugins::st_edm
