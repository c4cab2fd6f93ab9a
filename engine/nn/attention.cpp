// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/nn/attention.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/scaled_dot_product_attention.h>
#include <ATen/ops/zeros.h>

#include <array>
#include <cmath>
#include <string>

#include "engine/core/check.h"

namespace geocyte::nn {
namespace {

constexpr double kNever = -1e9;            // a score that softmax turns into exactly 0 beside any real one

}  // namespace

MabImpl::MabImpl(const AttentionOptions& options, at::Generator generator, c10::ScalarType dtype) : options_(options) {
  if (options.query < 1 || options.key < 1 || options.width < 1 || options.heads < 1 || options.width % options.heads != 0)
    throw Error(ErrorCode::bad_config, "an attention block of width " + std::to_string(options.width) + " cannot have " + std::to_string(options.heads) +
                                           " heads; choose a number of heads that divides the width");
  q_ = register_module("q", Linear(options.query, options.width, generator, dtype));
  k_ = register_module("k", Linear(options.key, options.width, generator, dtype));
  v_ = register_module("v", Linear(options.key, options.width, generator, dtype));
  o_ = register_module("o", Linear(options.width, options.width, generator, dtype));
  if (!options.layer_norm) return;
  norm0_ = register_module("norm0", LayerNorm(options.width, NormKernel::fused, dtype));
  norm1_ = register_module("norm1", LayerNorm(options.width, NormKernel::fused, dtype));
}

at::Tensor MabImpl::heads_of(const at::Tensor& x) const {
  return x.view({x.size(0), x.size(1), options_.heads, options_.width / options_.heads}).transpose(1, 2);
}

at::Tensor MabImpl::forward(const at::Tensor& x, const at::Tensor& y, const at::Tensor& key_mask, const at::Tensor& bias) const {
  require_shape("queries of an attention block", x.sizes(), std::array{y.size(0), std::int64_t{-1}, options_.query});
  require_shape("keys of an attention block", y.sizes(), std::array{std::int64_t{-1}, std::int64_t{-1}, options_.key});
  at::Tensor keys = y, scores = bias, any;
  if (key_mask.defined()) {
    require_shape("mask of the keys", key_mask.sizes(), y.sizes().slice(0, 2));
    keys = y.masked_fill(key_mask.logical_not().unsqueeze(-1), 0);
    const auto closed = at::zeros({y.size(0), 1, 1, y.size(1)}, x.options()).masked_fill(key_mask.logical_not().unsqueeze(1).unsqueeze(1), kNever);
    scores = bias.defined() ? bias + closed : closed;
    any = key_mask.any(1).view({-1, 1, 1});                                        // (B, 1, 1)
  }
  const auto q = q_->forward(x);                                                   // (B, n, width)
  const auto k = heads_of(k_->forward(keys)), v = heads_of(v_->forward(keys));     // (B, H, m, w)
  const double width = static_cast<double>(options_.full_width_scale ? options_.width : options_.width / options_.heads);
  if (scores.defined()) scores = scores.expand({x.size(0), scores.size(1), x.size(1), y.size(1)});
  auto seen = at::scaled_dot_product_attention(heads_of(q), k, v, scores.defined() ? std::optional(scores) : std::nullopt, 0.0, false, 1 / std::sqrt(width));
  seen = seen.transpose(1, 2).reshape({x.size(0), x.size(1), options_.width});
  if (any.defined()) seen = seen.masked_fill(any.logical_not(), 0);
  auto o = q + seen;
  if (norm0_) o = norm0_->forward(o);
  o = o + o_->forward(o).relu();
  return norm1_ ? norm1_->forward(o) : o;
}

}  // namespace geocyte::nn
