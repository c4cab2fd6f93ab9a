// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/geometry/sets.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/eye.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/where.h>

#include "engine/core/check.h"

namespace geocyte::geometry {
namespace {

at::Tensor kept(const at::Tensor& x, const at::Tensor& mask) {
  return mask.defined() ? x.masked_fill(mask.logical_not().unsqueeze(-1), 0) : x;
}

/// rms of a set that is centred already; where it has no extent 1, without gradient.
at::Tensor safe_rms(const at::Tensor& centred_points, const at::Tensor& count) {
  const auto squared = centred_points.pow(2).sum({-2, -1}) / count;               // (...)
  const auto flat = squared == 0;
  return squared.masked_fill(flat, 1).sqrt();
}

}  // namespace

at::Tensor mask_of(const at::Tensor& x, const at::Tensor& mask) {
  require(x.dim() >= 2 && x.is_floating_point(), "a set of points is a floating tensor of shape (..., n, D)");
  const auto shape = x.sizes().slice(0, x.dim() - 1);
  if (!mask.defined()) return at::ones(shape, x.options().dtype(at::kBool));
  require_shape("mask of a set", mask.sizes(), shape);
  require(mask.scalar_type() == at::kBool, "the mask of a set is bool");
  return mask;
}

at::Tensor point_count(const at::Tensor& x, const at::Tensor& mask) {
  return mask_of(x, mask).sum(-1).clamp_min(1).to(x.scalar_type());
}

at::Tensor centred(const at::Tensor& x, const at::Tensor& mask) {
  const auto count = point_count(x, mask).unsqueeze(-1).unsqueeze(-1);            // (..., 1, 1)
  const auto points = kept(x, mask);
  return kept(points - points.sum(-2, /*keepdim=*/true) / count, mask);
}

at::Tensor rms_radius(const at::Tensor& x, const at::Tensor& mask) {
  const auto squared = centred(x, mask).pow(2).sum({-2, -1}) / point_count(x, mask);
  const auto flat = squared == 0;
  return squared.masked_fill(flat, 1).sqrt().masked_fill(flat, 0);
}

UnitSet unit_rms(const at::Tensor& x, const at::Tensor& mask) {
  const auto points = centred(x, mask);
  const auto scale = safe_rms(points, point_count(x, mask));
  return {points / scale.unsqueeze(-1).unsqueeze(-1), scale};
}

at::Tensor pair_mask(const at::Tensor& x, const at::Tensor& mask) {
  const auto points = mask_of(x, mask);
  const auto self = at::eye(x.size(-2), points.options());
  return points.unsqueeze(-1).logical_and(points.unsqueeze(-2)).logical_and(self.logical_not());
}

}  // namespace geocyte::geometry
