// SPDX-License-Identifier: GPL-3.0-or-later
// Blocks of a set transformer (Lee et al. 2019, eq. 8-11), each made of MABs (attention.h):
//
//   SAB(X) = MAB(X, X)                  every point sees every point: O(n^2)
//   ISAB(X) = MAB(X, MAB(I, X))         through m learned inducing points I: O(n m)
//   PMA(X) = MAB(S, X)                  k learned seeds S gather a set into k vectors
//
// SAB and ISAB are permutation equivariant, PMA is invariant. The mask of points, bool (B, n), goes into every attention over
// points, so that padding changes nothing; padded rows come back as 0. I and S start uniform in +-sqrt(6 / (m + width)) (Glorot).
// Shapes: (B, n, in) -> (B, n, width), of PMA (B, k, width).
#pragma once

#include "engine/nn/attention.h"

namespace geocyte::nn {

struct SetBlockOptions {
  std::int64_t in = 0, width = 0, heads = 4;
  std::int64_t points = 64;                ///< inducing points of ISAB, seeds of PMA
  bool layer_norm = true;
  bool full_width_scale = false;
};

class SabImpl : public torch::nn::Module {
 public:
  SabImpl(const SetBlockOptions& options, at::Generator generator, c10::ScalarType dtype = c10::kFloat);
  /// bias (B or 1, heads or 1, n, n) is added to the scores (distance_bias.h).
  at::Tensor forward(const at::Tensor& x, const at::Tensor& mask = {}, const at::Tensor& bias = {}) const;

 private:
  Mab block_{nullptr};
};
TORCH_MODULE(Sab);

class IsabImpl : public torch::nn::Module {
 public:
  IsabImpl(const SetBlockOptions& options, at::Generator generator, c10::ScalarType dtype = c10::kFloat);
  at::Tensor forward(const at::Tensor& x, const at::Tensor& mask = {}) const;

 private:
  at::Tensor inducing_;                    // (1, m, width)
  Mab gather_{nullptr}, spread_{nullptr};
};
TORCH_MODULE(Isab);

class PmaImpl : public torch::nn::Module {
 public:
  PmaImpl(const SetBlockOptions& options, at::Generator generator, c10::ScalarType dtype = c10::kFloat);
  at::Tensor forward(const at::Tensor& x, const at::Tensor& mask = {}) const;

 private:
  at::Tensor seeds_;                       // (1, k, width)
  Mab block_{nullptr};
};
TORCH_MODULE(Pma);

}  // namespace geocyte::nn
