// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/nn/film.h"

#include <ATen/TensorOperators.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/silu.h>

namespace geocyte::nn {

FilmImpl::FilmImpl(const FilmOptions& options, at::Generator generator, c10::ScalarType dtype) {
  const auto hidden = options.hidden > 0 ? options.hidden : options.width;
  linear0_ = register_module("linear0", Linear(options.condition, hidden, generator, dtype));
  linear1_ = register_module("linear1", Linear(hidden, 2 * options.width, generator, dtype));
  const c10::NoGradGuard no_gradient;
  for (auto& parameter : linear1_->parameters()) parameter.zero_();
}

at::Tensor FilmImpl::forward(const at::Tensor& x, const at::Tensor& condition) const {
  const auto both = linear1_->forward(at::silu(linear0_->forward(condition))).chunk(2, -1);   // gamma, beta
  return x * (both[0] + 1) + both[1];
}

}  // namespace geocyte::nn
