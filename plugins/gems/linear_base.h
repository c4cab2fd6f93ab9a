// SPDX-License-Identifier: GPL-3.0-or-later
// Where the encoder starts: a fixed linear embedding beside its layers, which learn what to change about it.
//
//   z = f(x) + x S,    S = V / sqrt(mean lambda)      V, lambda: leading components within the sources (engine/nn/source_scores.h)
//
// Few cells tell a network less about cell types than their covariance does: on a slide of 428 spots and 789 cells ten to thirty components
// keep types and places better than any network that was trained from random weights (resources/docs/science/gems-tuning.md).
#pragma once

#include <ATen/core/Tensor.h>

#include "plugins/gems/cells.h"
#include "plugins/gems/options.h"

namespace geocyte::plugins::gems {

/// (G, latent): components of the training cells on the scale of what the encoder sees, 0 in the columns beyond them.
at::Tensor linear_base(const Cells& cells, const GemsOptions& options);

}  // namespace geocyte::plugins::gems
