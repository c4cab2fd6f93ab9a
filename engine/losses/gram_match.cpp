// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/losses/gram_match.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/diag_embed.h>
#include <ATen/ops/maximum.h>

#include "engine/core/check.h"
#include "engine/geometry/gram.h"
#include "engine/geometry/sets.h"

namespace geocyte::losses {
namespace {

/// mean (p - t)^2 / mean t^2 over the entries of `where`; the denominator has a floor over the sets of the batch.
at::Tensor relative_error(const at::Tensor& p, const at::Tensor& t, const at::Tensor& where) {
  const auto size = mean_of_set(t.pow(2), where);
  return mean_of_set((p - t).pow(2), where) / at::maximum(size, 0.05 * size.median()).clamp_min(1e-12);
}

at::Tensor log_rms(const at::Tensor& x, const at::Tensor& mask) { return geometry::rms_radius(x, mask).clamp_min(1e-6).log(); }

}  // namespace

at::Tensor gram_match(const at::Tensor& prediction, const SetTarget& target, bool unit) {
  require_shape("mask of the target", target.mask.sizes(), prediction.sizes().slice(0, prediction.dim() - 1));
  const auto of = [&](const at::Tensor& x) { return geometry::gram(unit ? geometry::unit_rms(x, target.mask).points : x, target.mask); };
  const auto p = of(prediction), t = of(target.points);
  return relative_error(p, t, target.pairs) + 0.5 * relative_error(p, t, at::diag_embed(target.mask));
}

at::Tensor gram_scale(const at::Tensor& prediction, const SetTarget& target) { return 4 * size_match(prediction, target); }

at::Tensor size_match(const at::Tensor& prediction, const SetTarget& target) {
  return (log_rms(prediction, target.mask) - log_rms(target.points, target.mask)).pow(2);
}

}  // namespace geocyte::losses
