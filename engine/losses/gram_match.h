// SPDX-License-Identifier: GPL-3.0-or-later
// Agreement of Gram matrices and of sizes. G = Y Y' of the centred set, p: predicted, t: target.
//
//   gram:        mean_{i != j} (Gp - Gt)^2 / max(mean_{i != j} Gt^2, .05 median over sets) + 1/2 the same of the diagonal
//   gram_scale:  (ln tr Gp - ln tr Gt)^2
//   size:        (ln rms p - ln rms t)^2  =  gram_scale / 4         (out_scale and gen_scale of the seed)
//
// Invariant to rotation, reflection and shift of either set; gram is not invariant to scale unless both sets are brought to unit rms
// first, which `unit` does (then it compares shapes and says nothing of size). 0 at equality. A prediction of nothing has gram = 1.5.
// Guard: sets without extent have ln rms of 1e-6. Shapes: prediction (..., n, D'), target (..., n, D) -> (...). Cost O(n^2 D).
#pragma once

#include "engine/losses/set_target.h"

namespace geocyte::losses {

at::Tensor gram_match(const at::Tensor& prediction, const SetTarget& target, bool unit);
at::Tensor gram_scale(const at::Tensor& prediction, const SetTarget& target);
at::Tensor size_match(const at::Tensor& prediction, const SetTarget& target);

}  // namespace geocyte::losses
