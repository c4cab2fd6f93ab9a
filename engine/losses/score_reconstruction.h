// SPDX-License-Identifier: GPL-3.0-or-later
// Reconstruction of within-source scores (engine/nn/source_scores.h):
//
//   L = sum_i w_i 1/P ||y^_i - y_i||^2        w: group_weights.h, so that sources count alike
//
// Scores have mean 0 and variance 1 within each source, so L = 1 is what a decoder reaches that knows nothing, and 1 - L is the
// explained part. (With scores on the scale of their spread, P components share a mean variance of 1: the same holds.)
// Since the target holds no source effect, an embedding gains nothing by holding one.
// Shapes: predicted, scores (B, P), B = groups.cells(); else Error{internal}. Scores get no gradient. Cost O(B P).
#pragma once

#include <ATen/core/Tensor.h>

#include "engine/losses/group_weights.h"
#include "engine/losses/term.h"

namespace geocyte::losses {

/// Absent when no cell belongs to a group.
Term score_reconstruction(const at::Tensor& predicted, const at::Tensor& scores, const Groups& groups, Balance balance = Balance::by_group);

}  // namespace geocyte::losses
