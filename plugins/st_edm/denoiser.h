// SPDX-License-Identifier: GPL-3.0-or-later
// What the skill panel asks of a denoiser, whichever system trained it: the residual refiner (refiner.h) or the seed's score network
// (seed/model.h). Shapes: base, clean, x (b, n, D), sigma (b).
#pragma once

#include <ATen/TensorOperators.h>
#include <ATen/core/Tensor.h>

#include <cstdint>

namespace geocyte::plugins::st_edm {

/// Sets with what is known of them.
struct RefineSets {
  at::Tensor base;                         ///< the generator's places
  at::Tensor features;                     ///< what the network sees of the cells
  at::Tensor clean;                        ///< what is denoised: true places less the generator's, or true places; undefined where places are not known
  at::Tensor places;                       ///< true places; undefined: base + clean

  at::Tensor truth() const { return places.defined() ? places : base + clean; }
};

/// How many principal axes of a clean set hold data, of root mean square `sigma_data` each. What lies along the others is 0 in every set: a network that
/// has noticed that has learned nothing of a tissue.
struct LiveAxes {
  std::int64_t count = 0;
  double sigma_data = 1;
};

class Denoiser {
 public:
  virtual ~Denoiser() = default;
  virtual double sigma_data() const = 0;   ///< over all axes
  virtual LiveAxes live() const = 0;
  /// D(x; s) without gradient; `own` is the estimate to be conditioned on.
  virtual at::Tensor denoise(const RefineSets& sets, const at::Tensor& x, const at::Tensor& sigma, const at::Tensor& own = {}) const = 0;
  /// (n, D): places of one set, the generator's refined from noise of `level` live().sigma_data about them.
  virtual at::Tensor refined(const RefineSets& set, double level, std::uint64_t seed) const = 0;
  /// (n, D): as refined() where it would be used.
  virtual at::Tensor placed(const RefineSets& set, std::uint64_t seed) const = 0;
};

}  // namespace geocyte::plugins::st_edm
