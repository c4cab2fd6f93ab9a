// SPDX-License-Identifier: GPL-3.0-or-later
// The embedding that is judged, shown and exported: cells as the recipe makes them, the encoder without dropout and without
// augmentation.
#pragma once

#include <ATen/core/Tensor.h>

#include "plugins/gems/cells.h"
#include "plugins/gems/model.h"

namespace geocyte::plugins::gems {

/// (n, latent) float on the host; `rows` (n) int64 of the cell axis on the cells' device, undefined = all cells. No gradient,
/// in chunks.
at::Tensor embed_cells(const Cells& cells, const Model& model, const at::Tensor& rows = {});

}  // namespace geocyte::plugins::gems
