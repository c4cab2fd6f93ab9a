// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/nn/translator.h"

#include <ATen/TensorOperators.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/where.h>

#include <array>
#include <string>

#include "engine/core/check.h"

namespace geocyte::nn {

TranslatorImpl::TranslatorImpl(const TranslatorOptions& options, at::Generator generator, c10::ScalarType dtype) {
  const auto last = "linear" + std::to_string(options.hidden.size());
  for (int from = 0; from < 2; ++from) {
    Mlp own(MlpOptions{.in = options.latent, .hidden = options.hidden, .out = options.latent}, generator, dtype);
    const c10::NoGradGuard no_gradient;
    for (const char* name : {".weight", ".bias"}) own->named_parameters()[last + name].zero_();
    to_[from] = register_module("from" + std::to_string(from), own);
  }
}

at::Tensor TranslatorImpl::forward(const at::Tensor& z, const at::Tensor& labels) const {
  require_shape("groups of the cells to translate", labels.sizes(), std::array{z.size(0)});
  // Both networks see all cells: cheaper than to sort the batch, and the shape does not depend on it.
  const auto of = labels.unsqueeze(1);
  return at::where(of == 0, z + to_[0]->forward(z), at::where(of == 1, z + to_[1]->forward(z), z));
}

at::Tensor TranslatorImpl::round_trip(const at::Tensor& z, const at::Tensor& labels) const {
  return forward(forward(z, labels), at::where(labels < 0, labels, 1 - labels));
}

}  // namespace geocyte::nn
