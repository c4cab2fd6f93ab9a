// SPDX-License-Identifier: GPL-3.0-or-later
// Attention that knows how far apart points are: a learned number for each head and each bin of distance is added to its scores.
//
//   bias_h(i, j) = alpha table[bin(d_ij), h],    bins between low and high of equal width in log d, one below and one above
//
// The table starts as N(0, 1) (bins x heads; a product of two thinner tables spans the same functions). Distances get no gradient.
// Shapes: d (B, n, n) -> (B, heads, n, n), for Sab::forward. Cost O(n^2 heads).
#pragma once

#include "engine/nn/layers.h"

namespace geocyte::nn {

struct DistanceBiasOptions {
  std::int64_t heads = 4, bins = 16;
  double low = 0.02, high = 4;             ///< in units of the set's rms radius
  double alpha = 0.1;
};

class DistanceBiasImpl : public torch::nn::Module {
 public:
  /// Throws Error{bad_config} unless 0 < low < high and there are at least two bins.
  DistanceBiasImpl(const DistanceBiasOptions& options, at::Generator generator, c10::ScalarType dtype = c10::kFloat);
  at::Tensor forward(const at::Tensor& distances) const;

 private:
  DistanceBiasOptions options_;
  at::Tensor table_, edges_;               // (bins, heads), (bins - 1)
};
TORCH_MODULE(DistanceBias);

}  // namespace geocyte::nn
