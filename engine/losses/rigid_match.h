// SPDX-License-Identifier: GPL-3.0-or-later
// Squared error after the best rigid fit of each predicted set onto its target (gen_align of the seed):
//
//   L = min over R, t  of  mean_i | x_i R + t - y_i |^2          (over s too where `scale`)
//
// Invariant to rotation, shift and, where allowed, reflection of either set, so that a network that cannot know the frame of a target is
// not punished for it. The fit is made without gradient: at the minimum the gradient is the same (geometry/rigid.h).
// Shapes: prediction (..., n, D), target of the same D -> (...).
#pragma once

#include "engine/geometry/rigid.h"
#include "engine/losses/set_target.h"

namespace geocyte::losses {

at::Tensor rigid_match(const at::Tensor& prediction, const SetTarget& target, const geometry::RigidOptions& options = {});

}  // namespace geocyte::losses
