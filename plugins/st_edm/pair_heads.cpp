// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugins/st_edm/pair_heads.h"

#include <algorithm>
#include <cmath>

#include <ATen/TensorOperators.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/baddbmm.h>
#include <ATen/ops/bmm.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/relu.h>
#include <ATen/ops/softmax.h>
#include <ATen/ops/zeros.h>

#include "engine/core/error.h"
#include "engine/nn/layers.h"

namespace geocyte::plugins::st_edm {
namespace {

constexpr double kFastScale = 10, kFirstSharpness = 10, kSmallNorm = 1e-12;
constexpr std::int64_t kPooled = 512, kContextHeads = 4, kContextPoints = 16;

at::Tensor unit_rows(const at::Tensor& shared) { return shared / shared.norm(2, -1, true).clamp_min(kSmallNorm); }

}  // namespace

Context context_named(const std::string& name) {
  for (const Context context : {Context::none, Context::set, Context::neighbours})
    if (name == name_of(context)) return context;
  throw Error(ErrorCode::bad_data, "a context is none, set or neighbours, not " + name, "it was written by another version of Geocyte");
}

const char* name_of(Context context) { return context == Context::none ? "none" : context == Context::set ? "set" : "neighbours"; }

PairHeadsImpl::PairHeadsImpl(PairHeadsOptions options, at::Generator generator, c10::ScalarType dtype) : options_(options) {
  const auto layer = [&](const char* name, std::int64_t in, std::int64_t out, at::Tensor& weight, at::Tensor& bias) {
    const double bound = 1 / std::sqrt(static_cast<double>(in));
    const auto draw = [&](at::IntArrayRef shape) { return at::empty(shape, dtype).uniform_(-bound, bound, generator); };
    weight = register_parameter(std::string(name) + "_weight", draw({options_.members, in, out}));
    bias = register_parameter(std::string(name) + "_bias", draw({options_.members, 1, out}));
  };
  layer("hidden", options_.in, options_.hidden, w1_, b1_);
  layer("local", options_.hidden, options_.local, w2_, b2_);
  layer("distance", options_.local, options_.distance, w3_, b3_);
  if (options_.block > 0) {
    seen_ = register_buffer("seen", at::zeros({options_.members, options_.in, 1}, dtype));
    for (std::int64_t m = 0; m < options_.members; ++m)
      seen_[m].narrow(0, m % 2 == 0 ? 0 : options_.block, m % 2 == 0 ? options_.block : options_.in - options_.block).fill_(1);
  }
  sharpness_ = register_parameter("sharpness", at::zeros({options_.members, options_.widths}, dtype));
  if (options_.context == Context::none) return;
  const bool of_set = options_.context == Context::set;
  context_ = register_parameter("context", at::zeros({options_.members, of_set ? options_.local : options_.in, of_set ? options_.local : options_.hidden}, dtype));
  nn::SetBlockOptions block;
  block.in = block.width = options_.local;
  block.heads = options_.local % kContextHeads == 0 ? kContextHeads : 1;
  block.points = kContextPoints;
  for (std::int64_t m = 0; of_set && m < options_.members; ++m)
    blocks_.push_back(register_module("context" + std::to_string(m), nn::Isab(block, generator, dtype)));
}

at::Tensor PairHeadsImpl::look(const at::Tensor& x, const at::Tensor& pooled, const std::optional<at::Generator>& noise) const {
  const auto seen = [&](const at::Tensor& weight) { return seen_.defined() ? weight * seen_ : weight; };
  at::Tensor hidden = at::baddbmm(b1_, x, seen(w1_));        // (M, B, H)
  if (pooled.defined()) hidden = at::baddbmm(hidden, pooled, seen(context_));
  hidden = at::relu(hidden);
  if (noise && options_.dropout > 0) hidden = nn::dropout(hidden, options_.dropout, *noise);
  return at::baddbmm(b2_, hidden, w2_);                      // (M, B, L)
}

at::Tensor PairHeadsImpl::alone(const at::Tensor& x, const std::optional<at::Generator>& noise) const { return look(x, {}, noise); }

at::Tensor PairHeadsImpl::pooled(const at::Tensor& z, const at::Tensor& x) const {
  const at::NoGradGuard no_gradient;
  const at::Tensor turned = z.transpose(1, 2), sharp = sharpness().select(1, 0).reshape({-1, 1, 1});
  std::vector<at::Tensor> parts;
  for (std::int64_t begin = 0; begin < z.size(1); begin += kPooled) {
    const std::int64_t count = std::min(kPooled, z.size(1) - begin);
    at::Tensor near = at::bmm(z.narrow(1, begin, count), turned) * sharp;   // (M, count, B)
    near.diagonal(begin, 1, 2).fill_(-INFINITY);                             // not its own neighbour
    parts.push_back(at::bmm(at::softmax(near, -1), x));
  }
  return at::cat(parts, 1);
}

at::Tensor PairHeadsImpl::told(const at::Tensor& shared) const {
  std::vector<at::Tensor> parts;
  for (std::size_t m = 0; m < blocks_.size(); ++m) parts.push_back(blocks_[m]->forward(shared.narrow(0, static_cast<std::int64_t>(m), 1)));
  return at::baddbmm(shared, at::cat(parts), context_);
}

PairHeadsImpl::Output PairHeadsImpl::forward(const at::Tensor& x, const std::optional<at::Generator>& noise) const {
  at::Tensor shared = look(x, {}, noise), first;             // (M, B, L)
  if (options_.context == Context::set) shared = told(shared);
  if (options_.context == Context::neighbours && x.size(1) > 1) {
    first = unit_rows(shared);
    shared = look(x, pooled(first, x), noise);
  }
  return {unit_rows(shared), at::baddbmm(b3_, at::relu(shared), w3_), first};
}

at::Tensor PairHeadsImpl::sharpness() const { return (sharpness_ * kFastScale).exp() * kFirstSharpness; }

}  // namespace geocyte::plugins::st_edm
