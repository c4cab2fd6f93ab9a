// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugins/st_edm/pair_heads.h"

#include <cmath>

#include <ATen/TensorOperators.h>
#include <ATen/ops/baddbmm.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/relu.h>
#include <ATen/ops/zeros.h>

#include "engine/nn/layers.h"

namespace geocyte::plugins::st_edm {
namespace {

constexpr double kFastScale = 10, kFirstSharpness = 10, kSmallNorm = 1e-12;

}  // namespace

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
}

PairHeadsImpl::Output PairHeadsImpl::forward(const at::Tensor& x, const std::optional<at::Generator>& noise) const {
  at::Tensor hidden = at::relu(at::baddbmm(b1_, x, seen_.defined() ? w1_ * seen_ : w1_));   // (M, B, H)
  if (noise && options_.dropout > 0) hidden = nn::dropout(hidden, options_.dropout, *noise);
  const at::Tensor shared = at::baddbmm(b2_, hidden, w2_);   // (M, B, L)
  const at::Tensor norm = shared.norm(2, -1, true).clamp_min(kSmallNorm);
  return {shared / norm, at::baddbmm(b3_, at::relu(shared), w3_)};
}

at::Tensor PairHeadsImpl::sharpness() const { return (sharpness_ * kFastScale).exp() * kFirstSharpness; }

}  // namespace geocyte::plugins::st_edm
