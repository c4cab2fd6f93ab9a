// SPDX-License-Identifier: GPL-3.0-or-later
// A transport plan between the sources of a batch, from expression: who corresponds to whom, as soft labels (partner_contrast.h).
//
//   P_ab = argmin_P <P, C> + eps KL(P | a b')  [+ rho KL(P 1 | a) + rho KL(P' 1 | b)],    C_ij = 1 - cos(x_i, x_j),   a = 1/n_a, b = 1/n_b
//        = diag(u) exp(-C / eps) diag(v),    u <- (a / (K v))^d,  v <- (b / (K' u))^d,    d = rho / (rho + eps), 1 when balanced
//
// Unlike nearest neighbours a plan shares cells out: no cell is everybody's partner. Balanced, every cell must go somewhere, also one
// whose type the other source lacks; unbalanced (rho > 0) such a cell loses its mass, and with it its say when rows count as their mass.
// All pairs of sources at once, padded to the largest. Plain scaling in float64 instead of logarithms: C <= 2, so that exp(-C / eps) is
// above 1e-174 for eps >= .005; below that Error{internal}.
// Reference: Cuturi, NeurIPS 2013 (balanced); Chizat et al., Math Comp 87 (2018) (unbalanced). CytoSPACE (Nat Biotechnol 2023) assigns
// cells to spots by correlation of shared genes likewise.
// Shapes: x (B, P), centred by source (or within-source scores), B = sources.cells(); else Error{internal}. No gradient.
// Cost: O(B^2 P + iterations B^2).
#pragma once

#include <ATen/core/Tensor.h>

#include "engine/losses/groups.h"

namespace geocyte::losses {

struct ExpressionPlanOptions {
  double epsilon = 0.05;                   ///< >= 0.005
  double reach = 0;                        ///< rho; 0 = balanced
  std::int64_t iterations = 50;
};

/// (B, B), symmetric, in the type of x: P_ab for each pair of sources, 0 within a source and for cells of none. A balanced plan has mass 1
/// a pair; its rows sum to 1/n_a towards each other source but for what the iterations leave.
at::Tensor expression_plan(const at::Tensor& x, const Groups& sources, const ExpressionPlanOptions& options = {});

}  // namespace geocyte::losses
