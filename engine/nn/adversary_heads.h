// SPDX-License-Identifier: GPL-3.0-or-later
// One classifier a level of the design: modality, patient, source. A 2-way and a K-way head see more than one K-way head: where
// patients cannot be told apart any more, the modality still can, and its gradient is not drowned by K - 1 other classes.
//
// forward() may disturb its input by noise of `disturbance` times the standard deviation of each dimension in the batch
// (instance noise, annealed to 0 by the caller): a classifier that is certain too early gives no useful gradient.
// References: Arjovsky & Bottou, ICLR 2017, sec. 3 (instance noise); GLUE anneals N(0, 1) on the classifier's input likewise.
// Names of parameters: level0.linear0.weight, …; `levels()` says which level is what.
#pragma once

#include <string>

#include "engine/nn/discriminator.h"

namespace geocyte::nn {

struct AdversaryLevel {
  std::string name;                        ///< "modality"
  std::int64_t classes = 2;                ///< >= 2, else Error{bad_config}
};

struct AdversaryHeadsOptions {
  std::int64_t latent = 128;
  std::vector<AdversaryLevel> levels;      ///< at least one, else Error{bad_config}
  std::vector<std::int64_t> hidden = {256};
  double dropout = 0.1;
  bool layer_norm = false;
};

class AdversaryHeadsImpl : public torch::nn::Module {
 public:
  AdversaryHeadsImpl(const AdversaryHeadsOptions& options, at::Generator generator, c10::ScalarType dtype = c10::kFloat);

  /// Logits (B, classes) of each level. With noise, dropout acts and so does `disturbance` >= 0.
  std::vector<at::Tensor> forward(const at::Tensor& z, const std::optional<at::Generator>& noise = std::nullopt, double disturbance = 0) const;

  const std::vector<AdversaryLevel>& levels() const { return levels_; }

 private:
  std::vector<AdversaryLevel> levels_;
  std::vector<Mlp> heads_;
};
TORCH_MODULE(AdversaryHeads);

}  // namespace geocyte::nn
