// SPDX-License-Identifier: GPL-3.0-or-later
// CORAL between the two modalities of a batch: spatial spots against dissociated cells.
//
//   L = CORAL(z_0, z_1)        (coral.h)
//
// Absent when a modality has fewer than two cells in the batch. Shapes: z (B, D), B = modality.cells(), two groups;
// else Error{internal}.
#pragma once

#include "engine/losses/coral.h"
#include "engine/losses/groups.h"
#include "engine/losses/term.h"

namespace geocyte::losses {

Term domain_coral(const at::Tensor& z, const Groups& modality, CoralForm form = CoralForm::mean_and_covariance);

}  // namespace geocyte::losses
