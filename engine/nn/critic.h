// SPDX-License-Identifier: GPL-3.0-or-later
// A critic that looks at the embedding at several scales: each scale projects z to a width of its own by a fixed random matrix with
// orthonormal rows, and judges the projection by a small perceptron. A critic of full width finds a difference in any direction and
// is soon certain; one of few dimensions sees coarse differences only and keeps a gradient. Their scores stand side by side.
//
//   u_s = z Q_s,  Q_s (D, w_s) with Q' Q = I (w_s = D: the identity)
//   h_s1 = a(u_s W1 + b1), h_s2 = a(h_s1 W2 + b2), …;  score_s = h W + b          a(x) = max(x, .2 x)
//
// No batch norm and no layer norm: a gradient penalty speaks of one cell at a time, and batch norm makes cells depend on each other.
// Hidden activations are handed out for feature matching (losses/feature_matching.h).
// The outputs serve as scores of a Wasserstein critic (losses/wasserstein.h, outputs = 1 for two groups, else K) or as logits of K
// classes (losses/source_adversary.h, outputs = K).
// References: Gulrajani et al., NeurIPS 2017 (no batch norm); Wang et al., CVPR 2018 (several scales, there of images).
// Shapes: z (B, D). Q is a buffer, drawn from the generator before the weights. Twice differentiable.
#pragma once

#include "engine/nn/layers.h"

#include <torch/nn/module.h>

#include <cstdint>
#include <vector>

namespace geocyte::nn {

struct CriticOptions {
  std::int64_t latent = 128;
  std::vector<std::int64_t> scales = {128, 32, 8};   ///< widths of the projections, 1 .. latent
  std::vector<std::int64_t> hidden = {128, 128};
  std::int64_t outputs = 1;
};

class CriticImpl : public torch::nn::Module {
 public:
  /// Throws Error{bad_config} for a width out of range or no scale.
  CriticImpl(const CriticOptions& options, at::Generator generator, c10::ScalarType dtype = c10::kFloat);

  struct Output {
    std::vector<at::Tensor> scores;        ///< of each scale, (B, outputs)
    std::vector<at::Tensor> features;      ///< hidden activations, scale by scale, layer by layer, (B, width)
  };
  Output forward(const at::Tensor& z) const;
  /// Scores of all scales side by side: (B, scales * outputs).
  at::Tensor scores(const at::Tensor& z) const;

  std::int64_t scales() const { return static_cast<std::int64_t>(layers_.size()); }
  std::int64_t outputs() const { return outputs_; }

 private:
  std::vector<at::Tensor> projection_;     ///< undefined = identity
  std::vector<std::vector<Linear>> layers_;
  std::int64_t outputs_;
};
TORCH_MODULE(Critic);

}  // namespace geocyte::nn
