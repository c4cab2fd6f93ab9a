// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/nn/source_maps.h"

#include <algorithm>
#include <utility>

#include <ATen/ops/empty_like.h>
#include <ATen/ops/eye.h>
#include <ATen/ops/zeros.h>

#include "engine/core/check.h"

namespace geocyte::nn {

SourceMapsImpl::SourceMapsImpl(std::vector<std::string> names, std::int64_t latent, c10::ScalarType dtype) : names_(std::move(names)) {
  require(!names_.empty() && latent > 0, "maps are of sources of an embedding");
  const auto sources = static_cast<std::int64_t>(names_.size());
  const at::TensorOptions options(dtype);
  from = register_buffer("from", at::zeros({sources, latent}, options));
  linear = register_buffer("linear", at::eye(latent, options).repeat({sources, 1, 1}));
  to = register_buffer("to", at::zeros({sources, latent}, options));
}

at::Tensor SourceMapsImpl::forward(const at::Tensor& z, const at::Tensor& number) const {
  require(z.dim() == 2 && number.dim() == 1 && z.size(0) == number.size(0) && z.size(1) == from.size(1), "a source for each embedded cell");
  at::Tensor mapped = at::empty_like(z);
  for (std::int64_t s = 0; s < from.size(0); ++s) {
    const at::Tensor rows = number.eq(s).nonzero().squeeze(1).to(z.device());   // (n)
    if (rows.numel() > 0) mapped.index_copy_(0, rows, of_source(z.index_select(0, rows), names_[static_cast<std::size_t>(s)]));
  }
  return mapped;
}

at::Tensor SourceMapsImpl::of_source(const at::Tensor& z, const std::string& name) const {
  const auto found = std::find(names_.begin(), names_.end(), name);
  if (found == names_.end()) return z;
  const auto s = static_cast<std::int64_t>(found - names_.begin());
  return (z - from[s]).matmul(linear[s]) + to[s];                               // (n, D)
}

}  // namespace geocyte::nn
