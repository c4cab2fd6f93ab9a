// SPDX-License-Identifier: GPL-3.0-or-later
// Weights of cells under which sources have like composition. Sources hold types in different shares (dissociation loses some, a
// slide lacks others); to force their embeddings to one distribution then maps cells to types that they are not. Clusters are
// matched between sources, and a cell counts as much as its cluster has a match:
//
//   f_sc = n_sc / n_s                     share of cluster c in source s
//   A    = cos(u_sc, u_td)^p  if above the cutoff, else 0;   u: mean of the cells of a cluster in x, t != s
//   J    = A sqrt(f_sc f_td)              joint mass of two matched clusters, the same seen from both sides
//   w_sc = sum_{t, d} J / f_sc            then scaled so that the mean over the cells of a source is 1
//
// Law: of two sources, matched clusters have the same weighted share in both; equal shares give weights of 1; a cluster without a
// match has weight 0. The idea and the defaults p = 4, cutoff .5 are GLUE's (Cao & Gao, Nat Biotechnol 40, 2022, methods); the
// geometric mean as joint mass is ours: the product f_sc f_td would weight common clusters up where there is nothing to mend.
// A source that matches no other keeps weights of 1 and is reported: leaving it out would hide that nothing was matched.
// x: (N, P), centred by source (within-source scores), or centroids differ by source and nothing matches. No gradient.
// Shapes: N = sources.cells() = clusters.cells(); else Error{internal}. Cells without source or cluster get weight 0.
// Cost: O(N P + (S C)^2 P) for S sources and C clusters.
#pragma once

#include <ATen/core/Tensor.h>

#include <vector>

#include "engine/losses/groups.h"

namespace geocyte::losses {

struct CompositionOptions {
  double power = 4;                        ///< p > 0
  double cutoff = 0.5;                     ///< [0, 1], of cos^p
};

struct CompositionWeights {
  at::Tensor weight;                       ///< (N), in the type and on the device of x
  std::vector<double> matched;             ///< share of the cells of each source whose cluster has a match; 0 for a source without
};

/// Clusters may be named across sources or within each: only (source, cluster) pairs count.
CompositionWeights composition_weights(const at::Tensor& x, const Groups& sources, const Groups& clusters, const CompositionOptions& options = {});

}  // namespace geocyte::losses
