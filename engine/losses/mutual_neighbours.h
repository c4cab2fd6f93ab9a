// SPDX-License-Identifier: GPL-3.0-or-later
// Which cells of different sources are partners, judged by expression and never by the embedding that is being trained: pairs taken
// from the embedding confirm whatever it believes.
//
//   S_ij = cos(x_i, x_j),   x centred by source (or within-source scores), else sources differ by their own effect
//   j in N_k(i, b)          the k most similar cells of source b to cell i
//   partners                i in N_k(j, a(i)) and j in N_k(i, a(j)),  S_ij >= lowest
//   not to be pushed apart  S_ij > false_negative and no partner
//
// One-way nearest neighbours make hubs, cells that are everybody's partner; mutual ones do not. Reference: Haghverdi et al., Nat
// Biotechnol 36 (2018), for mutual nearest neighbours.
// Two ways: within a batch (k of the few cells of a source that are in it), or among all training cells, once (find), from which
// a batch picks the pairs it holds (among).
// No gradient. Shapes: x (N, P), N = sources.cells(); else Error{internal}. Ties go to the lower row.
// Cost: in a batch O(B^2 P); among all cells O(N^2 P) in blocks, O(N k S) pairs at most.
#pragma once

#include <ATen/core/Tensor.h>

#include "engine/losses/groups.h"

namespace geocyte::losses {

struct MutualNeighbourOptions {
  std::int64_t k = 5;                      ///< >= 1; of a batch take few, of all cells 10 - 20
  double lowest = 0.2;                     ///< of the cosine
  double false_negative = 0.9;             ///< of the cosine; above 1 = none
};

/// What a contrast over a batch is told (mnn_contrast.h, expression_contrast.h).
struct Partners {
  at::Tensor partner;                      ///< (B, B) bool, symmetric, of different sources
  at::Tensor ignored;                      ///< (B, B) bool, symmetric: neither partner nor negative
  at::Tensor similarity;                   ///< (B, B) S
};

/// Within a batch.
Partners mutual_neighbours(const at::Tensor& x, const Groups& sources, const MutualNeighbourOptions& options = {});

/// Mutual neighbours among all training cells, found once and kept with a checkpoint.
struct PartnerTable {
  at::Tensor key;                          ///< (M) int64, rising: i N + j of each pair, both orders
  std::int64_t cells = 0;                  ///< N

  static PartnerTable find(const at::Tensor& x, const Groups& sources, const MutualNeighbourOptions& options = {.k = 15});

  std::int64_t pairs() const;              ///< each counted once
  /// Those of the cells `rows` (B) int64, of which x (B, P) is the expression.
  Partners among(const at::Tensor& rows, const at::Tensor& x, const Groups& sources, const MutualNeighbourOptions& options = {}) const;
};

}  // namespace geocyte::losses
