// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/losses/rigid_match.h"

#include <ATen/TensorOperators.h>
#include <ATen/core/grad_mode.h>

#include "engine/core/check.h"

namespace geocyte::losses {

at::Tensor rigid_match(const at::Tensor& prediction, const SetTarget& target, const geometry::RigidOptions& options) {
  require_shape("target of the fit", target.points.sizes(), prediction.sizes());
  geometry::Rigid fit;
  {
    const c10::NoGradGuard no_gradient;
    fit = geometry::fit_rigid(prediction.detach(), target.points, target.mask, options);
  }
  const auto squared = (fit.apply(prediction) - target.points).masked_fill(target.mask.logical_not().unsqueeze(-1), 0).pow(2).sum({-2, -1});
  return squared / target.mask.sum(-1).clamp_min(1);
}

}  // namespace geocyte::losses
