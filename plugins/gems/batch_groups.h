// SPDX-License-Identifier: GPL-3.0-or-later
// What the terms of the objective are computed from: the views of a batch and the groups its cells belong to.
#pragma once

#include <ATen/core/Tensor.h>

#include "engine/losses/groups.h"
#include "plugins/gems/batches.h"
#include "plugins/gems/cells.h"

namespace geocyte::plugins::gems {

/// The groups of a batch; they depend on its layout only.
struct BatchGroups {
  losses::Groups source, modality, patient, single_cell_patient;

  BatchGroups(const BatchLayout& layout, const Cells& cells, c10::Device device);
};

/// B cells of a step.
struct Views {
  at::Tensor z1, z2;                       ///< (B, D) embeddings of two augmented views
  at::Tensor centred;                      ///< (B, G) expression minus the mean of its source
  at::Tensor expression;                   ///< (B, G) log-normalised, before augmentation
  at::Tensor rows;                         ///< (B) int64, place on the cell axis; undefined where there is no such axis
  at::Tensor base = {};                    ///< (B, D) what the fixed linear embedding gives of view 1; undefined without one
};

}  // namespace geocyte::plugins::gems
