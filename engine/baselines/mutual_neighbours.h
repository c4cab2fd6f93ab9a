// SPDX-License-Identifier: GPL-3.0-or-later
// Mutual nearest neighbours: cells of two sources that are among each other's nearest are taken for the same kind of cell,
// and what lies between them for the effect of the source.
//
//   pairs    (i, j): j among the k nearest of i in the other source, and i among the k nearest of j
//   vector   v_j = mean over pairs of j of (x_i - x_j),   for each matched cell j of the source that is moved
//   smooth   each of its cells moves by sum_j w_j v_j / sum_j w_j over its k nearest matched cells,
//            w_j = (1 - (d_j / 3 d_median)^3)^3, 0 beyond 3 d_median      (tricube; d to the matched cell)
//
// Haghverdi et al. 2018, doi:10.1038/nbt.4091, with the smoothing of fastMNN. Two orders:
//   reference   the reference sources are the first batch, the others are joined to it by falling size
//   overlap     always the two batches with the largest share of matched cells, as in Scanorama (Hie, Bryson & Berger 2019,
//               doi:10.1038/s41587-019-0113-3); the smaller is moved; neighbours are sought by angle
// Batches without a pair are left where they are. All cells are needed at once: held-out cells are seen.
// Guards: equal distances make d_median 0; all weights are then 1. Cost: O(sources n^2 d).
#pragma once

#include <Eigen/Core>
#include <cstdint>
#include <span>

#include "engine/baselines/cells.h"

namespace geocyte::baselines {

enum class MergeOrder { reference, overlap };

struct MutualNeighbourOptions {
  int neighbours = 20;
  MergeOrder order = MergeOrder::reference;
  int threads = 1;
};

/// n x d. `reference[s]` is 1 for reference sources; looked at by MergeOrder::reference only, where Error{bad_config} is
/// thrown when no source is one. Throws Error{bad_data} for values that are not finite.
Eigen::MatrixXd correct_by_mutual_neighbours(const Cells& cells, std::span<const std::uint8_t> reference,
                                             const MutualNeighbourOptions& options = {});

}  // namespace geocyte::baselines
