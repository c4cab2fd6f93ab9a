// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/nn/set_blocks.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/empty.h>

#include <cmath>
#include <string>

#include "engine/core/error.h"

namespace geocyte::nn {
namespace {

AttentionOptions attention(const SetBlockOptions& options, std::int64_t query, std::int64_t key) {
  return {.query = query, .key = key, .width = options.width, .heads = options.heads, .layer_norm = options.layer_norm, .full_width_scale = options.full_width_scale};
}

at::Tensor learned_points(const SetBlockOptions& options, at::Generator generator, c10::ScalarType dtype) {
  if (options.points < 1) throw Error(ErrorCode::bad_config, "a set block has " + std::to_string(options.points) + " learned points; it needs at least 1");
  const double bound = std::sqrt(6.0 / static_cast<double>(options.points + options.width));
  return at::empty({1, options.points, options.width}, dtype).uniform_(-bound, bound, std::move(generator));
}

at::Tensor without_padding(const at::Tensor& y, const at::Tensor& mask) {
  return mask.defined() ? y.masked_fill(mask.logical_not().unsqueeze(-1), 0) : y;
}

}  // namespace

SabImpl::SabImpl(const SetBlockOptions& options, at::Generator generator, c10::ScalarType dtype) {
  block_ = register_module("block", Mab(attention(options, options.in, options.in), std::move(generator), dtype));
}

at::Tensor SabImpl::forward(const at::Tensor& x, const at::Tensor& mask, const at::Tensor& bias) const {
  return without_padding(block_->forward(x, x, mask, bias), mask);
}

IsabImpl::IsabImpl(const SetBlockOptions& options, at::Generator generator, c10::ScalarType dtype) {
  inducing_ = register_parameter("inducing", learned_points(options, generator, dtype));
  gather_ = register_module("gather", Mab(attention(options, options.width, options.in), generator, dtype));
  spread_ = register_module("spread", Mab(attention(options, options.in, options.width), generator, dtype));
}

at::Tensor IsabImpl::forward(const at::Tensor& x, const at::Tensor& mask) const {
  const auto summary = gather_->forward(inducing_.expand({x.size(0), -1, -1}), x, mask);   // (B, m, width)
  return without_padding(spread_->forward(x, summary), mask);
}

PmaImpl::PmaImpl(const SetBlockOptions& options, at::Generator generator, c10::ScalarType dtype) {
  seeds_ = register_parameter("seeds", learned_points(options, generator, dtype));
  block_ = register_module("block", Mab(attention(options, options.width, options.in), generator, dtype));
}

at::Tensor PmaImpl::forward(const at::Tensor& x, const at::Tensor& mask) const {
  return block_->forward(seeds_.expand({x.size(0), -1, -1}), x, mask);
}

}  // namespace geocyte::nn
