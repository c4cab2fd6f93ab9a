// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/nn/augment.h"

#include <ATen/TensorOperators.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/empty.h>

#include <limits>
#include <string>
#include <utility>

#include "engine/core/check.h"

namespace geocyte::nn {
namespace {

void check_range(const char* what, double value, bool holds, const char* wanted) {
  if (!holds)
    throw Error(ErrorCode::bad_config, std::string(what) + " of the augmentation is " + std::to_string(value) + "; it " + wanted);
}

}  // namespace

AugmentDraws draw_augmentation(const at::Tensor& x, const AugmentOptions& options, std::int64_t views, at::Generator generator) {
  require(x.dim() == 2 && x.is_floating_point(), "augmentation takes a floating-point matrix");
  require(views >= 1, "augmentation makes at least one view");
  check_range("gene_dropout", options.gene_dropout, options.gene_dropout >= 0 && options.gene_dropout < 1, "lies in [0, 1)");
  check_range("library_jitter", options.library_jitter, options.library_jitter >= 0 && options.library_jitter < 1, "lies in [0, 1)");
  check_range("noise", options.noise, options.noise >= 0, "is not negative");
  check_range("limit", options.limit, options.limit > 0, "is above zero");

  const c10::NoGradGuard no_gradient;
  const std::int64_t rows = views * x.size(0);
  AugmentDraws draws;
  if (options.gene_dropout > 0) draws.keep = at::empty({rows, x.size(1)}, x.options()).bernoulli_(1 - options.gene_dropout, generator);
  if (options.library_jitter > 0)
    draws.depth = at::empty({rows, 1}, x.options()).uniform_(1 - options.library_jitter, 1 + options.library_jitter, generator);
  if (options.noise > 0) draws.noise = at::empty({rows, x.size(1)}, x.options()).normal_(0, options.noise, generator);
  return draws;
}

at::Tensor augment(const at::Tensor& x, const AugmentDraws& draws, std::int64_t views, double limit) {
  require(x.dim() == 2 && x.is_floating_point(), "augmentation takes a floating-point matrix");
  const c10::NoGradGuard no_gradient;
  const std::int64_t cells = x.size(0), genes = x.size(1);
  // Where expm1 overflows it is held at the largest number, so that dropping the gene still gives 0 and not inf * 0.
  const auto source = draws.depth.defined() ? x.expm1().nan_to_num_(std::numeric_limits<double>::quiet_NaN()) : x;   // (B, G)
  auto view = draws.keep.defined() ? source * draws.keep.view({views, cells, genes}) : source.repeat({views, 1, 1});   // (V, B, G)
  if (draws.depth.defined()) view.mul_(draws.depth.view({views, cells, 1})).clamp_min_(-1 + 1e-6).log1p_();
  if (draws.noise.defined()) view.add_(draws.noise.view({views, cells, genes}));
  return view.clamp_(-limit, limit).view({views * cells, genes});
}

at::Tensor augment(const at::Tensor& x, const AugmentOptions& options, at::Generator generator) {
  return augment(x, draw_augmentation(x, options, 1, std::move(generator)), 1, options.limit);
}

}  // namespace geocyte::nn
