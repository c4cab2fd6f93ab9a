// SPDX-License-Identifier: GPL-3.0-or-later
// Cycle consistency. A spot that goes to the cells that are like it and back comes home, or at least next door:
//
//   A = softmax_j(<z_i, z_j> / tau)        spot i to cell j, over all cells of the batch
//   B = softmax_i'(<z_j, z_i'> / tau)      cell j to spot i', over the spots of i's slide
//   R = A B                                 round trip, rows sum to 1
//   K_ii' = exp(-|xy_i - xy_i'|^2 / (2 s^2)) / sum          what is next door, within the slide; without coordinates the identity
//   L_trip = 1/n sum_i KL(K_i || R_i)
//   L_home = 1/n sum_i -sum_i' K_ii' log softmax_i'(<z_i, z_i'> / tau)         spots alone (STEM's second term)
//
// A slide returns to itself only: to charge a trip that ends on another slide would hold slides apart. Cells that no spot is like get no
// visit and no gradient; that is not an error where a source lacks a type.
// Reference: Hao et al., "STEM", Commun Biol 7 (2024): dot products without temperature, s = half the spot distance. With cosine = true
// rows are scaled to unit length first and tau matters; the untamed dot product of a 128-dimensional embedding is a hard maximum.
//
//   L_pair = mean_k E_{i in k} ||T_k'(T_k(z_i)) - z_i||^2 / D       a pair of translators (engine/nn/translator.h), k = 0, 1
//
// alone it is 0 for the identity: it needs a term that makes T_0(z) look like group 1 beside it.
// Shapes: z (B, D), B = slides.cells() = cells.cells() where Groups `cells` has one group (label 0 = takes part as a cell, -1 not);
// xy (B, 2) or undefined; else Error{internal}.
// Guards: log R is computed as logsumexp(log A + log B), so nothing underflows. Cost O(sum over slides n_spots^2 n_cells).
#pragma once

#include <ATen/core/Tensor.h>

#include "engine/losses/groups.h"
#include "engine/losses/term.h"

namespace geocyte::losses {

struct RoundTripOptions {
  double temperature = 0.1;                ///< tau > 0
  double width = 0;                        ///< s in the unit of xy; 0 = half the median distance to the nearest spot of the batch
  bool cosine = true;
  double home = 0;                         ///< weight of L_home beside L_trip
};

/// Absent when there is no cell, or no slide with two spots in the batch.
Term round_trip(const at::Tensor& z, const at::Tensor& xy, const Groups& slides, const Groups& cells, const RoundTripOptions& options = {});

/// L_pair. `returned` (B, D): each z_i after both translators; z is held fixed when `target_fixed`, so that the encoder cannot
/// make the trip easy by shrinking. Absent when no cell belongs to a group.
Term translation_cycle(const at::Tensor& returned, const at::Tensor& z, const Groups& groups, bool target_fixed = false);

}  // namespace geocyte::losses
