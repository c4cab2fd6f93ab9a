// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/losses/clamped_size.h"

#include <ATen/TensorOperators.h>

#include "engine/core/check.h"
#include "engine/geometry/sets.h"

namespace geocyte::losses {

at::Tensor clamped_size(const at::Tensor& prediction, const SetTarget& target, double most) {
  require(most >= 0, "a correction of size has a bound of at least 0");
  const auto log_rms = [&](const at::Tensor& x) { return geometry::rms_radius(x.detach(), target.mask).clamp_min(1e-6).log(); };
  const auto correction = (log_rms(target.points) - log_rms(prediction)).clamp(-most, most).exp();
  return geometry::centred(prediction, target.mask) * correction.unsqueeze(-1).unsqueeze(-1);
}

}  // namespace geocyte::losses
