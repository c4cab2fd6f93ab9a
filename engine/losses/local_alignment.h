// SPDX-License-Identifier: GPL-3.0-or-later
// Local alignment: cells that are alike in expression shall be neighbours in the embedding, whatever source they are of.
// Expression teaches, the embedding follows:
//
//   p_ij = softmax_{j != i}(cos(x_i, x_j) / tau_x)     teacher, detached
//   q_ij = softmax_{j != i}(cos(z_i, z_j) / tau_z)     student
//   L    = 1/B sum_i KL(p_i || q_i) = 1/B sum_i sum_{j != i} p_ij (log p_ij - log q_ij)
//
// The form of stochastic neighbour embedding (Hinton & Roweis 2002) with cosine similarities in both spaces. L >= 0, and 0
// with zero gradient exactly where q = p. Expression that still holds a source effect teaches that effect: give expression
// centred by source where sources differ.
// Shapes: x (B, G), z (B, D), B >= 3 (with two cells p = q = 1); a smaller batch gives an absent term.
// One node with a written-out gradient (first_order.h); expression gets none.
// Guards: the diagonal is -inf before the softmax and set to 0 in the difference of logarithms, so that no 0 * inf occurs; cos
// divides by sqrt(|z|^2 + 1e-12), finite at an empty row. Cost O(B^2 (G + D)).
#pragma once

#include <ATen/core/Tensor.h>

#include "engine/losses/term.h"

namespace geocyte::losses {

struct LocalAlignmentOptions {
  double expression_temperature = 0.1;     ///< tau_x > 0
  double embedding_temperature = 0.1;      ///< tau_z > 0
};

Term local_alignment(const at::Tensor& expression, const at::Tensor& z, const LocalAlignmentOptions& options = {});

}  // namespace geocyte::losses
