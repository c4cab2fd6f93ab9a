// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/losses/set_target.h"

#include <ATen/TensorOperators.h>
#include <ATen/core/grad_mode.h>

#include <algorithm>
#include <limits>

#include "engine/core/check.h"
#include "engine/geometry/distances.h"
#include "engine/geometry/sets.h"

namespace geocyte::losses {

SetTarget set_target(const at::Tensor& points, const at::Tensor& mask, std::int64_t k) {
  const c10::NoGradGuard no_gradient;
  require(points.dim() >= 2 && points.size(-2) >= 2 && k >= 1, "a target set has at least two rows, and its points at least one neighbour");
  SetTarget target;
  target.points = points.detach();
  target.mask = geometry::mask_of(points, mask);
  target.pairs = geometry::pair_mask(points, mask);
  target.distances = geometry::pair_distances(geometry::centred(target.points, mask));
  target.nearest = geometry::nearest_columns(target.distances, target.pairs, std::min(k, points.size(-2) - 1));
  target.edges = target.pairs.gather(-1, target.nearest);
  return target;
}

at::Tensor mean_of_set(const at::Tensor& values, const at::Tensor& where) {
  const auto count = where.sum({-2, -1}).clamp_min(1);
  return values.masked_fill(where.logical_not(), 0).sum({-2, -1}) / count;
}

at::Tensor median_of_set(const at::Tensor& values, const at::Tensor& where) {
  const c10::NoGradGuard no_gradient;
  const auto open = values.detach().masked_fill(where.logical_not(), std::numeric_limits<double>::quiet_NaN());
  return std::get<0>(open.flatten(-2).nanmedian(-1));
}

}  // namespace geocyte::losses
