// SPDX-License-Identifier: GPL-3.0-or-later
// Agreement of all distances of a set:
//
//   L = sum_{i != j} w_ij (d_ij - t_ij)^2 / sum_{i != j} w_ij,      w = (t_ij + offset)^-power
//
// d: predicted, t: target distances. power 0 is the plain mean of squares (the only loss of LUNA, 2025); 1 and 2 weigh relative errors
// more, so that near pairs count (Sammon 1969 has power 1). Invariant to rotation, reflection and shift, needs no common frame, and d may
// come from a space of any dimension. Shapes: distances (..., n, n) -> (...). Cost O(n^2).
#pragma once

#include "engine/losses/set_target.h"

namespace geocyte::losses {

struct DistanceMatchOptions {
  double power = 0;
  double offset = 0.1;                     ///< in the unit of the target
};

/// Throws Error{internal} for an offset of 0 with a power above 0.
at::Tensor distance_match(const at::Tensor& distances, const SetTarget& target, const DistanceMatchOptions& options = {});

}  // namespace geocyte::losses
