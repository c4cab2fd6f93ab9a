// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/nn/angle_features.h"

#include <ATen/TensorOperators.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/zeros.h>

#include <algorithm>

#include "engine/core/check.h"
#include "engine/geometry/distances.h"
#include "engine/geometry/sets.h"

namespace geocyte::nn {

at::Tensor angle_features(const at::Tensor& x, const at::Tensor& mask, std::int64_t neighbours, std::int64_t bins) {
  const c10::NoGradGuard no_gradient;
  require(x.dim() == 3 && neighbours >= 2 && bins >= 1, "angles are of sets (B, n, D), between at least two neighbours, in at least one bin");
  const auto sets = x.size(0), n = x.size(1), d = x.size(2), k = std::min(neighbours, n - 1);
  auto histogram = at::zeros({sets, n, bins}, x.options());
  if (k < 2) return histogram;
  const auto y = geometry::centred(x.detach(), mask), pairs = geometry::pair_mask(y, mask);
  const auto nearest = geometry::nearest_columns(geometry::pair_distances(y), pairs, k);            // (B, n, k)
  const auto there = pairs.gather(-1, nearest);
  const auto ends = y.gather(1, nearest.reshape({sets, n * k, 1}).expand({-1, -1, d})).view({sets, n, k, d});
  const auto rays = ends - y.unsqueeze(2), length = rays.norm(2, -1, /*keepdim=*/true);
  const auto unit = rays / length.masked_fill(length == 0, 1);
  const auto cosine = unit.matmul(unit.transpose(-2, -1)).clamp(-1, 1);                            // (B, n, k, k)
  const auto bin = ((cosine + 1) * (0.5 * static_cast<double>(bins))).floor().clamp(0, bins - 1).to(at::kLong).flatten(-2);
  const auto once = at::ones({k, k}, at::TensorOptions(x.device()).dtype(at::kBool)).triu(1);
  const auto counted = (there.unsqueeze(-1) & there.unsqueeze(-2) & once).flatten(-2).to(x.scalar_type());
  histogram.scatter_add_(-1, bin, counted);
  return histogram / histogram.sum(-1, /*keepdim=*/true).clamp_min(1);
}

}  // namespace geocyte::nn
