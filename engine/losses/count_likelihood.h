// SPDX-License-Identifier: GPL-3.0-or-later
// How well a decoder explains counts, with the library size given:
//
//   mu_ig = L_i softmax(l_i)_g,   L_i = sum_g x_ig
//   negative binomial   -log p = -[ln G(x + t) - ln G(t) - ln G(x + 1) + t ln(t / (t + mu)) + x ln(mu / (t + mu))],  Var = mu + mu^2 / t
//   Poisson             -log p = mu - x ln mu + ln G(x + 1)                                     the limit t -> infinity
//   L = sum_i w_i 1/G sum_g -log p(x_ig)                                   w: group_weights.h; nats per entry of the matrix
//
// t_g (or t_kg, one a group) is the inverse dispersion, given as its logarithm.
// Reference: Lopez et al., "Deep generative modeling for single-cell transcriptomics", Nat Methods 15 (2018), eqs. 1-5 with
// the library size observed; Anders & Huber, Genome Biol 11 (2010), eq. 1, for the parametrisation.
// Shapes: logits, counts (B, G), B = groups.cells(); log_dispersion (1, G) or (K, G), K = groups.count(); else Error{internal}.
// Counts are >= 0 and need not be whole. Cells without counts tell nothing and have weight 0; with no cell left the term is
// absent. Counts get no gradient.
// Guards: with q = mu / t only ln(1 + q) and 1 / (1 + q) occur, which neither overflow nor cancel; ln mu is read where counts are above
// 0 and is not the logarithm of an underflowed softmax. The gamma functions are computed in float64 and only where counts are above 0
// (elsewhere their terms are 0): ln G(1e4 + x) - ln G(1e4) has no digit left in float32. Each model is one node with a written-out
// gradient (first_order.h).
// Cost: O(B G), no matrix product.
#pragma once

#include <ATen/core/Tensor.h>

#include "engine/losses/group_weights.h"
#include "engine/losses/term.h"

namespace geocyte::losses {

enum class CountModel { negative_binomial, poisson };

struct CountLikelihoodOptions {
  CountModel model = CountModel::negative_binomial;
  Balance balance = Balance::by_group;
  bool with_constant = true;               ///< ln G(x + 1); without it the value is not a likelihood, the gradient the same
};

/// `log_dispersion` is not read by the Poisson model and may be undefined there.
Term count_likelihood(const at::Tensor& logits, const at::Tensor& counts, const at::Tensor& log_dispersion, const Groups& groups,
                      const CountLikelihoodOptions& options = {});

/// What a decoder is compared with: logits (B, G) of the mean profile of each cell's group, ln((sum_i x_ig + 1/2) / (sum + G/2)).
/// A decoder that does not get below their likelihood has learned the source and nothing about the cell. Cells of no group
/// get the profile of all cells.
at::Tensor profile_logits(const at::Tensor& counts, const Groups& groups);

}  // namespace geocyte::losses
