// SPDX-License-Identifier: GPL-3.0-or-later
// Lengths of the edges between each point and its k nearest in the target:
//
//   edge:       mean over edges of (ln d_ij - ln t_ij)^2
//   knn_scale:  mean over edges of clamp(ln d_ij^2 - ln t_ij^2, -2, 2)^2        the clamp gives no gradient to edges that are e times off
//
// d: predicted, t: target distances. Relative lengths: an edge twice too long costs as much at a border as in a dense place.
// Guard: both lengths have the floor 1e-3 of the median edge of the target, so that coinciding points cost a finite amount; below the
// floor there is no gradient. Shapes: distances (..., n, n) -> (...). Cost O(n k).
#pragma once

#include "engine/losses/set_target.h"

namespace geocyte::losses {

at::Tensor edge_lengths(const at::Tensor& distances, const SetTarget& target);
at::Tensor knn_scale(const at::Tensor& distances, const SetTarget& target);

}  // namespace geocyte::losses
