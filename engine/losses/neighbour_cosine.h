// SPDX-License-Identifier: GPL-3.0-or-later
// Agreement with expression neighbours that are remembered from an earlier pass over the data:
//
//   L = -1/(B k) sum_i sum_{j in N(i)} cos(z_i, bank_j)        N(i): the k expression neighbours of cell i
//
// The form of GEARS (k = 15, bank refreshed every 50 steps). The bank has no gradient: only the cells of the batch move.
// Unlike local_alignment it repels nothing, so a collapse of all cells to one direction reaches its minimum -1; use it
// beside a variance term. Shapes: z (B, D), bank (N, D), neighbours int64 (B, k), k >= 1, 0 <= index < N;
// else Error{internal} (indices are checked by the gather). Guard: as in local_alignment. Cost O(B k D).
#pragma once

#include <ATen/core/Tensor.h>

namespace geocyte::losses {

at::Tensor neighbour_cosine(const at::Tensor& z, const at::Tensor& bank, const at::Tensor& neighbours);

}  // namespace geocyte::losses
