// SPDX-License-Identifier: GPL-3.0-or-later
// The multihead attention block that set networks are made of (MAB; Lee et al., Set Transformer, ICML 2019, eq. 6-7):
//
//   Q = X W_q,  K = Y W_k,  V = Y W_v;   A_h = softmax(Q_h K_h' / sqrt(w) + bias_h),   O = LN0(Q + [A_1 V_1 ... A_H V_H])
//   MAB(X, Y) = LN1(O + relu(O W_o))                     w: width of a head, or the full width (the paper's code)
//
// A row of X attends to all rows of Y, in any order: permuting X permutes the output, permuting Y changes nothing.
// Keys that are masked out weigh exactly 0 whatever they hold; a row whose keys are all masked gets O = LN0(Q), not NaN.
// Shapes: x (B, n, query), y (B, m, key), mask of keys bool (B, m), bias (B or 1, heads or 1, n, m) -> (B, n, width). Cost O(n m).
#pragma once

#include "engine/nn/layers.h"

namespace geocyte::nn {

struct AttentionOptions {
  std::int64_t query = 0, key = 0;         ///< widths of the inputs
  std::int64_t width = 0, heads = 4;       ///< heads divide the width
  bool layer_norm = true;
  bool full_width_scale = false;           ///< scores are divided by the root of the full width instead of a head's
};

class MabImpl : public torch::nn::Module {
 public:
  /// Throws Error{bad_config} for a width below 1 or heads that do not divide it.
  MabImpl(const AttentionOptions& options, at::Generator generator, c10::ScalarType dtype = c10::kFloat);
  at::Tensor forward(const at::Tensor& x, const at::Tensor& y, const at::Tensor& key_mask = {}, const at::Tensor& bias = {}) const;

 private:
  at::Tensor heads_of(const at::Tensor& x) const;   // (B, n, width) -> (B, heads, n, width / heads)

  AttentionOptions options_;
  Linear q_{nullptr}, k_{nullptr}, v_{nullptr}, o_{nullptr};
  LayerNorm norm0_{nullptr}, norm1_{nullptr};
};
TORCH_MODULE(Mab);

}  // namespace geocyte::nn
