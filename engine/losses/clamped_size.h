// SPDX-License-Identifier: GPL-3.0-or-later
// A prediction brought to the size of its target, as far as a bound allows (V_geom of the seed 004):
//
//   y = s (x - mean),      s = exp(clamp(ln(rms target / rms x), -most, most))
//
// s takes no gradient. What is compared after this says nothing of sizes that are wrong by less than e^most: with most = .5 a prediction of
// .61 to 1.65 times the right size looks right, so losses on y cannot mend a size.
// Guard: sets without extent count as 1e-6 in ln rms. Shapes: prediction (..., n, D) -> (..., n, D).
#pragma once

#include "engine/losses/set_target.h"

namespace geocyte::losses {

/// Throws Error{internal} for a negative bound.
at::Tensor clamped_size(const at::Tensor& prediction, const SetTarget& target, double most);

}  // namespace geocyte::losses
