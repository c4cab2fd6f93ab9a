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
#include <ATen/ops/stack.h>
#include <ATen/ops/zeros.h>

#include "engine/core/error.h"
#include "engine/nn/layers.h"

namespace geocyte::plugins::st_edm {
namespace {

constexpr double kFastScale = 10, kFirstSharpness = 10, kSmallNorm = 1e-12;
constexpr std::int64_t kPooled = 512, kContextHeads = 4, kContextPoints = 16;

at::Tensor unit_rows(const at::Tensor& shared) { return shared / shared.norm(2, -1, true).clamp_min(kSmallNorm); }

/// p_i = sum_{j != i} softmax_j <l_i, l_j> x_j; looks (M, B, K), x (M, B, F).
at::Tensor pooled(const at::Tensor& looks, const at::Tensor& x) {
  const at::NoGradGuard no_gradient;
  const at::Tensor turned = looks.transpose(1, 2);
  std::vector<at::Tensor> parts;
  for (std::int64_t begin = 0; begin < looks.size(1); begin += kPooled) {
    const std::int64_t count = std::min(kPooled, looks.size(1) - begin);
    at::Tensor near = at::bmm(looks.narrow(1, begin, count), turned);        // (M, count, B)
    near.diagonal(begin, 1, 2).fill_(-INFINITY);                             // not its own neighbour
    parts.push_back(at::bmm(at::softmax(near, -1), x));
  }
  return at::cat(parts, 1);
}

/// a0 b0 a1 b1 ...; a may have one more.
at::Tensor in_turn(const at::Tensor& a, const at::Tensor& b) {
  const std::int64_t pairs = b.size(0);
  const at::Tensor both = at::stack({a.narrow(0, 0, pairs), b}, 1).flatten(0, 1);
  return a.size(0) > pairs ? at::cat({both, a.narrow(0, pairs, 1)}) : both;
}

}  // namespace

Context context_named(const std::string& name) {
  for (const Context context : {Context::none, Context::set, Context::neighbours})
    if (name == name_of(context)) return context;
  throw Error(ErrorCode::bad_data, "a context is none, set or neighbours, not " + name, "it was written by another version of Geocyte");
}

const char* name_of(Context context) { return context == Context::none ? "none" : context == Context::set ? "set" : "neighbours"; }

PairHeadsImpl::PairHeadsImpl(PairHeadsOptions options, at::Generator generator, c10::ScalarType dtype) : options_(options) {
  if (options_.together < 1 || options_.members % options_.together != 0) throw Error(ErrorCode::bad_data, "networks that look together are not a part of all networks");
  const auto layer = [&](const char* name, std::int64_t in, std::int64_t out, at::Tensor& weight, at::Tensor& bias) {
    const double bound = 1 / std::sqrt(static_cast<double>(in));
    const auto draw = [&](at::IntArrayRef shape) { return at::empty(shape, dtype).uniform_(-bound, bound, generator); };
    weight = register_parameter(std::string(name) + "_weight", draw({options_.members, in, out}));
    bias = register_parameter(std::string(name) + "_bias", draw({options_.members, 1, out}));
  };
  layer("hidden", options_.in, options_.hidden, w1_, b1_);
  layer("local", options_.hidden, options_.local, w2_, b2_);
  layer("distance", options_.local, options_.distance, w3_, b3_);
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

at::Tensor PairHeadsImpl::hidden(const at::Tensor& x, const at::Tensor& by, MemberRange range) const {
  const auto some = [&](std::int64_t at, std::int64_t stride, std::int64_t from, std::int64_t features) {
    const auto of = [&](const at::Tensor& all) { return all.narrow(0, range.first, range.count).slice(0, at, c10::nullopt, stride); };
    const at::Tensor seen = x.slice(0, at, c10::nullopt, stride).narrow(2, from, features);
    const at::Tensor own = at::baddbmm(of(b1_), seen, of(w1_).narrow(1, from, features));
    return by.defined() ? at::baddbmm(own, pooled(by.slice(0, at, c10::nullopt, stride), seen), of(context_).narrow(1, from, features)) : own;
  };
  if (options_.block == 0) return some(0, 1, 0, options_.in);
  const auto turn = [&](std::int64_t at) {
    return (range.first + at) % 2 == 0 ? some(at, 2, 0, options_.block) : some(at, 2, options_.block, options_.in - options_.block);
  };
  return range.count == 1 ? turn(0) : in_turn(turn(0), turn(1));
}

at::Tensor PairHeadsImpl::look(const at::Tensor& x, const at::Tensor& by, const std::optional<at::Generator>& noise, MemberRange range) const {
  at::Tensor h = at::relu(hidden(x, by, range));             // (M, B, H)
  if (noise && options_.dropout > 0) h = nn::dropout(h, options_.dropout, *noise);
  return at::baddbmm(b2_.narrow(0, range.first, range.count), h, w2_.narrow(0, range.first, range.count));   // (M, B, L)
}

at::Tensor PairHeadsImpl::alone(const at::Tensor& x, const std::optional<at::Generator>& noise) const { return look(x, {}, noise, whole({})); }

at::Tensor PairHeadsImpl::looks_together(const at::Tensor& x, const std::optional<at::Generator>& noise, MemberRange some) const {
  const at::NoGradGuard no_gradient;
  const MemberRange range = whole(some);
  const std::int64_t together = options_.together;
  const at::Tensor scale = (sharpness().narrow(0, range.first, range.count).select(1, 0) / static_cast<double>(together)).sqrt().reshape({-1, 1, 1});
  const at::Tensor own = unit_rows(look(x, {}, noise, range)) * scale;      // (M, B, L)
  const std::int64_t n = own.size(1), groups = own.size(0) / together;
  return own.reshape({groups, together, n, -1}).transpose(1, 2).reshape({groups, 1, n, -1}).expand({groups, together, n, -1}).reshape({groups * together, n, -1});
}

at::Tensor PairHeadsImpl::told(const at::Tensor& shared, MemberRange range) const {
  std::vector<at::Tensor> parts;
  for (std::int64_t m = 0; m < range.count; ++m) parts.push_back(blocks_[static_cast<std::size_t>(range.first + m)]->forward(shared.narrow(0, m, 1)));
  return at::baddbmm(shared, at::cat(parts), context_.narrow(0, range.first, range.count));
}

PairHeadsImpl::Output PairHeadsImpl::forward(const at::Tensor& x, const std::optional<at::Generator>& noise, const at::Tensor& looks, MemberRange some) const {
  const MemberRange range = whole(some);
  at::Tensor shared = look(x, {}, noise, range), first;      // (M, B, L)
  if (options_.context == Context::set) shared = told(shared, range);
  if (options_.context == Context::neighbours && x.size(1) > 1) {
    first = unit_rows(shared);
    const at::Tensor sharp = sharpness().narrow(0, range.first, range.count).select(1, 0);
    shared = look(x, looks.defined() ? looks : (first * sharp.sqrt().reshape({-1, 1, 1})).detach(), noise, range);
  }
  return {unit_rows(shared), at::baddbmm(b3_.narrow(0, range.first, range.count), at::relu(shared), w3_.narrow(0, range.first, range.count)), first};
}

at::Tensor PairHeadsImpl::sharpness() const { return (sharpness_ * kFastScale).exp() * kFirstSharpness; }

}  // namespace geocyte::plugins::st_edm
