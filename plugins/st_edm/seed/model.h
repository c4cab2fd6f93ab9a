// SPDX-License-Identifier: GPL-3.0-or-later
// The seed's three networks together: from cells to the generator's places, and from noisy places to clean ones.
//
//   H = context(z),   V_gen = generator(H),   D(x; s) = c_skip x + c_out F(x, s, H)          (nn/edm.h, with S of all D columns, zero ones included)
//   V  = factor of the Gram matrix of a set's places, D columns of which the tissue fills two or three (geometry/gram.h): a frame of its own for each set
//
// Inference as in the seed: V_gen plus noise of s = `start` S, then few steps of Heun; the mean of several draws is the place of a cell.
// Shapes: z (B, n, F), V, x (B, n, D), s (B). A set of more than 1,500 cells is denoised in interleaved parts; all of them are in the frame of V_gen.
#pragma once

#include <vector>

#include "engine/core/stop_token.h"
#include "plugins/st_edm/denoiser.h"
#include "plugins/st_edm/seed/networks.h"

namespace geocyte::plugins::st_edm {

class SeedModel : public Denoiser {
 public:
  SeedModel(const SeedOptions& options, std::int64_t features, std::int64_t dims, std::int64_t samples, at::Generator weights, c10::ScalarType dtype, c10::Device device);

  at::Tensor context(const at::Tensor& z) const { return context_->forward(z); }
  at::Tensor generate(const at::Tensor& h) const { return generator_->forward(h); }
  /// D with gradient; `own` undefined: no estimate yet.
  at::Tensor denoised(const at::Tensor& h, const at::Tensor& x, const at::Tensor& sigma, const at::Tensor& own) const;
  /// F alone.
  at::Tensor output(const at::Tensor& h, const at::Tensor& x, const at::Tensor& own, const at::Tensor& sigma) const { return score_->forward(h, x, own, sigma, sigma_data_); }

  /// Clean sets V from places (B, n, d), in the frame that the options name. `generated` is looked at for frame: generator only.
  at::Tensor target(const at::Tensor& places, const at::Tensor& generated) const;
  /// One set, as the skill panel takes it; `places` (n, d), or undefined where they are not known.
  RefineSets set_of(const at::Tensor& z, const at::Tensor& places) const;
  /// S from sets of places: the median over sets of the root mean square of all D columns.
  void measure_sigma_data(const at::Tensor& places);
  void set_sigma_data(double sigma_data) { sigma_data_ = sigma_data; }

  double sigma_data() const override { return sigma_data_; }
  LiveAxes live() const override;
  at::Tensor denoise(const RefineSets& sets, const at::Tensor& x, const at::Tensor& sigma, const at::Tensor& own = {}) const override;
  at::Tensor refined(const RefineSets& set, double level, std::uint64_t seed) const override { return samples(set, 2, level * live().sigma_data, seed, {}).mean(0); }
  at::Tensor placed(const RefineSets& set, std::uint64_t seed) const override { return samples(set, samples_, options_.start * sigma_data_, seed, {}).mean(0); }
  /// (K, n, D) from noise of `sigma` about V_gen, in its frame; V_gen itself where it was stopped.
  at::Tensor samples(const RefineSets& set, std::int64_t count, double sigma, std::uint64_t seed, const StopToken& stop) const;
  /// (n, D) from noise of `level` S alone (open loop).
  at::Tensor from_noise(const RefineSets& set, double level, std::uint64_t seed, const StopToken& stop) const;

  SeedContext context_network() const { return context_; }
  SeedGenerator generator_network() const { return generator_; }
  SeedScore score_network() const { return score_; }
  const SeedOptions& options() const { return options_; }
  void apply(const SeedOptions& options) { options_ = options; }
  std::int64_t dims() const { return dims_; }

 private:
  at::Tensor heun(const RefineSets& set, const at::Tensor& x, double sigma, int steps, const StopToken& stop) const;

  SeedOptions options_;
  std::int64_t dims_, samples_;
  double sigma_data_ = 1;
  SeedContext context_{nullptr};
  SeedGenerator generator_{nullptr};
  SeedScore score_{nullptr};
};

}  // namespace geocyte::plugins::st_edm
