// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/nn/adversary_heads.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/empty_like.h>

#include "engine/core/check.h"

namespace geocyte::nn {

AdversaryHeadsImpl::AdversaryHeadsImpl(const AdversaryHeadsOptions& options, at::Generator generator, c10::ScalarType dtype) : levels_(options.levels) {
  if (levels_.empty())
    throw Error(ErrorCode::bad_config, "an adversary without a level has nothing to tell apart", "Name modality, patient or source.");
  for (std::size_t i = 0; i < levels_.size(); ++i) {
    auto head = with_context("making the adversary of the " + levels_[i].name, [&] {
      return make_discriminator({.latent = options.latent, .hidden = options.hidden, .classes = levels_[i].classes, .dropout = options.dropout,
                                 .layer_norm = options.layer_norm},
                                generator, dtype);
    });
    heads_.push_back(register_module("level" + std::to_string(i), head));
  }
}

std::vector<at::Tensor> AdversaryHeadsImpl::forward(const at::Tensor& z, const std::optional<at::Generator>& noise, double disturbance) const {
  require(disturbance >= 0, "a disturbance is not negative");
  auto seen = z;
  if (noise && disturbance > 0)
    seen = z + at::empty_like(z.detach()).normal_(0, 1, *noise) * (disturbance * z.detach().std(0, /*unbiased=*/false, /*keepdim=*/true));
  std::vector<at::Tensor> logits;
  for (const auto& head : heads_) logits.push_back(head->forward(seen, noise));
  return logits;
}

}  // namespace geocyte::nn
