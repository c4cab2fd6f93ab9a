// SPDX-License-Identifier: GPL-3.0-or-later
// An ensemble of small networks that see one cell at a time and speak about pairs of cells.
//
//   h = W2 dropout(relu(W1 x + b1)) + b2
//   z = h / |h|                      neighbour head: cells with a large <z_i, z_j> lie near each other
//   u = W3 relu(h) + b3              distance head:  |u_i - u_j| is their distance in the tissue
//   t = 10 exp(10 s)                 sharpness of the neighbour head, one a width, s learned from 0
//
// Both heads share what they have learned of a cell: distances keep the neighbourhoods in order at large scale, neighbourhoods keep the
// distances from being smoothed away. No frame is needed: neither head knows where a slide lies or which way up it is.
// The M members are one batched product; member m sees its own cells, noise and dropout.
// Factor 10 in the exponent: with Adam, s then moves ten times as fast as a weight.
// Shapes: x (M, B, F) -> z (M, B, L) of unit rows, u (M, B, D), t (M, widths). Weights (M, in, out), uniform in +-1/sqrt(in).
#pragma once

#include <ATen/core/Generator.h>
#include <torch/nn/module.h>
#include <torch/nn/pimpl.h>

#include <cstdint>
#include <optional>

#include "engine/core/json.h"

namespace geocyte::plugins::st_edm {

struct PairHeadsOptions {
  std::int64_t members = 1, in = 0, hidden = 256, local = 48, distance = 16, widths = 1;
  std::int64_t block = 0;                  ///< above 0: even members see the first `block` features, odd ones the others
  double dropout = 0;
};

class PairHeadsImpl : public torch::nn::Module {
 public:
  struct Output {
    at::Tensor local, distance;
  };

  PairHeadsImpl(PairHeadsOptions options, at::Generator generator, c10::ScalarType dtype = c10::kFloat);

  /// With a generator dropout acts, without it the network is a function.
  Output forward(const at::Tensor& x, const std::optional<at::Generator>& noise = std::nullopt) const;
  at::Tensor sharpness() const;

  const PairHeadsOptions& options() const { return options_; }

 private:
  PairHeadsOptions options_;
  at::Tensor w1_, b1_, w2_, b2_, w3_, b3_, sharpness_;
  at::Tensor seen_;                        // (members, in, 1), 1 where a member sees a feature; undefined: everywhere
};
TORCH_MODULE(PairHeads);

}  // namespace geocyte::plugins::st_edm
