// SPDX-License-Identifier: GPL-3.0-or-later
// How much each cell of a batch counts, so that groups count alike whatever their sizes are:
//
//   balanced   w_i = u_i / (K sum_{j in group(i)} u_j)        K groups that have cells (of weight u > 0), u = 1 unless given
//   by cell    w_i = u_i / sum_j u_j
//
// Both sum to 1 over the cells that belong to a group; cells of no group have w = 0. Balanced is what a loss over sources
// wants: a mean over cells is a mean over the largest source.
// u: (B), >= 0, detached. A group whose weights sum to 0 is left out, as one without cells is.
#pragma once

#include <ATen/core/Tensor.h>

#include "engine/losses/groups.h"

namespace geocyte::losses {

enum class Balance { by_group, by_cell };

/// w (B), in the type and on the device of `like`. `u` may be undefined. All 0 when no cell belongs to a group.
/// Throws Error{internal} when u is not (B).
at::Tensor group_weights(const Groups& groups, const at::Tensor& like, Balance balance = Balance::by_group, const at::Tensor& u = {});

/// Which cell belongs to which group: (K, B) of 0 and 1 in the type and on the device of `like`.
at::Tensor membership(const Groups& groups, const at::Tensor& like);

}  // namespace geocyte::losses
