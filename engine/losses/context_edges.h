// SPDX-License-Identifier: GPL-3.0-or-later
// The same points seen in two contexts should keep the lengths of their edges (ctx_edge of the seed 004):
//
//   L = mean over edges (i, j) of (ln a_ij - ln b_ij)^2
//
// a, b: distances of the two predictions of the shared points; edges: each point and its k nearest in the target. Symmetric; 0 where both
// agree up to rotation, reflection and shift; the gradient goes into both. Guard: both lengths have the floor 1e-3 of the median edge of
// the target, below which there is no gradient (as neighbour_lengths.h). Shapes: a, b (..., n, n) -> (...). Cost O(n k).
#pragma once

#include "engine/losses/set_target.h"

namespace geocyte::losses {

at::Tensor context_edges(const at::Tensor& a, const at::Tensor& b, const SetTarget& target);

}  // namespace geocyte::losses
