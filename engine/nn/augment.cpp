// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/nn/augment.h"

#include <ATen/TensorOperators.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/empty_like.h>

#include <string>

#include "engine/core/check.h"

namespace geocyte::nn {
namespace {

void check_range(const char* what, double value, bool holds, const char* wanted) {
  if (!holds)
    throw Error(ErrorCode::bad_config, std::string(what) + " of the augmentation is " + std::to_string(value) + "; it " + wanted);
}

}  // namespace

at::Tensor augment(const at::Tensor& x, const AugmentOptions& options, at::Generator generator) {
  require(x.dim() == 2 && x.is_floating_point(), "augmentation takes a floating-point matrix");
  check_range("gene_dropout", options.gene_dropout, options.gene_dropout >= 0 && options.gene_dropout < 1, "lies in [0, 1)");
  check_range("library_jitter", options.library_jitter, options.library_jitter >= 0 && options.library_jitter < 1, "lies in [0, 1)");
  check_range("noise", options.noise, options.noise >= 0, "is not negative");
  check_range("limit", options.limit, options.limit > 0, "is above zero");

  const c10::NoGradGuard no_gradient;
  auto view = x.clone();                                                         // (B, G)
  if (options.gene_dropout > 0) view.mul_(at::empty_like(view).bernoulli_(1 - options.gene_dropout, generator));
  if (options.library_jitter > 0) {
    const auto depth = at::empty({x.size(0), 1}, x.options())
                           .uniform_(1 - options.library_jitter, 1 + options.library_jitter, generator);   // (B, 1)
    view.expm1_().mul_(depth).clamp_min_(-1 + 1e-6).log1p_();
  }
  if (options.noise > 0) view.add_(at::empty_like(view).normal_(0, options.noise, generator));
  return view.clamp_(-options.limit, options.limit);
}

}  // namespace geocyte::nn
