// SPDX-License-Identifier: GPL-3.0-or-later
// The mean CORAL loss over all pairs of groups, without a loop over pairs:
//
//   L = 2 / (K (K - 1)) sum_{a < b} CORAL(z_a, z_b)
//     = 2 / (K - 1) [ 1/D sum_a ||m_a - m||^2 + 1/D^2 sum_a ||C_a - C||_F^2 ],   m = mean of m_a, C = mean of C_a
//
// by sum_{a < b} ||x_a - x_b||^2 = K sum_a ||x_a||^2 - ||sum_a x_a||^2 = K sum_a ||x_a - x||^2. The last form is used: it
// is never negative and does not cancel when groups are alike. (deep_coral: 1/(4 D^2) and no mean term.)
// A batch covariance of fewer cells than dimensions is singular; CORAL needs no inverse, but part of what it then measures
// is sampling noise of order tr(C)^2 / n.
// Groups of fewer than `min_cells` cells are left out: their covariance is noise. With fewer than two groups left the term
// is absent. Shapes: z (B, D) with B = groups.cells(); else Error{internal}. Cost: moments.h.
#pragma once

#include <cstdint>

#include "engine/losses/coral.h"
#include "engine/losses/groups.h"
#include "engine/losses/term.h"

namespace geocyte::losses {

inline constexpr std::int64_t kMinCellsOfAPair = 5;

/// `what` names the groups in the reason: "source", "patient".
Term pairwise_coral(const at::Tensor& z, const Groups& groups, CoralForm form = CoralForm::mean_and_covariance,
                    std::int64_t min_cells = kMinCellsOfAPair, const char* what = "source");

/// The same of groups that are already laid out; K >= 2, else Error{internal}. One node with a written-out gradient
/// (first_order.h).
at::Tensor mean_pairwise_coral(const at::Tensor& z, const PaddedGroups& groups, CoralForm form);

}  // namespace geocyte::losses
