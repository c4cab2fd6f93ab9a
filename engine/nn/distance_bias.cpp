// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/nn/distance_bias.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/bucketize.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/linspace.h>

#include <array>
#include <cmath>

#include "engine/core/check.h"

namespace geocyte::nn {

DistanceBiasImpl::DistanceBiasImpl(const DistanceBiasOptions& options, at::Generator generator, c10::ScalarType dtype) : options_(options) {
  if (!(options.low > 0 && options.low < options.high && options.bins >= 2 && options.heads >= 1))
    throw Error(ErrorCode::bad_config, "distance bins need 0 < low < high, at least two bins and at least one head");
  table_ = register_parameter("table", at::empty({options.bins, options.heads}, dtype).normal_(0, 1, generator));
  edges_ = register_buffer("edges", at::linspace(std::log(options.low), std::log(options.high), options.bins - 1, at::kDouble).exp().to(dtype));
}

at::Tensor DistanceBiasImpl::forward(const at::Tensor& distances) const {
  require_shape("distances of a bias", distances.sizes(), std::array{std::int64_t{-1}, std::int64_t{-1}, distances.size(-1)});
  const auto bin = at::bucketize(distances.detach().to(edges_.scalar_type()).contiguous(), edges_).view({-1});   // (B n n)
  return (table_ * options_.alpha).index_select(0, bin).view({distances.size(0), distances.size(1), distances.size(2), options_.heads}).permute({0, 3, 1, 2});
}

}  // namespace geocyte::nn
