// SPDX-License-Identifier: GPL-3.0-or-later
// Pseudo-spots: a single cell of a batch becomes the sum of several cells of its source, as a spot of a slide is one.
//
//   x' = log1p(1/m sum_j expm1(x_j)),   x_1 the cell itself, x_2 .. x_m drawn with replacement from the training cells of its source
//
// On profiles scaled to one depth, so that each cell weighs the same. Reference: the synthetic spots of deconvolution methods
// (Cable et al., Nat Biotechnol 40 (2022)). What a pseudo-spot is, is not the place on the cell axis of its first cell any more:
// terms that look a cell up by its row see the first cell.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <vector>

#include "engine/core/rng.h"
#include "plugins/gems/batches.h"
#include "plugins/gems/cells.h"

namespace geocyte::plugins::gems {

/// Replaces round(share * n) of the n cells of each single-cell source of `batch` (B, G), log-normalised and laid out as
/// `layout`, in place. `rows_of_source`: what may be drawn.
void make_pseudo_spots(at::Tensor& batch, const Cells& cells, const BatchLayout& layout, const std::vector<std::vector<std::int64_t>>& rows_of_source,
                       double share, std::int64_t cells_of_a_spot, Rng& rng);

}  // namespace geocyte::plugins::gems
