// SPDX-License-Identifier: GPL-3.0-or-later
// From what an ensemble says about pairs of cells to a place for every cell of a set.
//
//   start    classical scaling of the root mean squared ensemble distance = principal components of [u_1 .. u_M] / sqrt(M)
//            (Torgerson 1952), then majorisation of the stress to D (de Leeuw 1977):  Y <- B(Y) Y / n
//   layout   minimises  sum_ij w_ij (|y_i - y_j| - D_ij)^2 / sum w  +  lambda [ - sum_ij P_ij ln q_ij + ln sum_ij q_ij ]
//                       - rho mean_i corr_j(|y_i - y_j|, rank_j D_ij)
//            w = 1 / (D + .1),  q = 1 / (1 + (|y_i - y_j| / s)^2)       (the second part: t-SNE's with its kernel narrowed; van der Maaten & Hinton 2008)
//
// D: mean over members of |u_i - u_j|, brought to unit radius; with `umap` > 0 mixed with the distances of a UMAP of the cells' own expression (first 20
// components, unit radius): (1 - umap) D + umap D_umap, so that neighbourhoods that no slide taught pull too. A refiner that moved cells changes D by what their distances changed: its places are of two dimensions,
// and D of many holds what these cannot (a refiner that moves nothing leaves the layout as it is). P: fuzzy graph (McInnes et al. 2018, k neighbours) of mixed ranks
// rank(1 - mean <z_i, z_j>) + rank(1 - cosine of expression) / 2 + rank(D) / 2, because expression of the set itself tells neighbours that
// no training slide shows, and D which of them are absurd.
// lambda weighs neighbourhoods against distances: 0 is plain scaling. rho: D is of many dimensions, and stress spends the few of the layout on sizes of distances that no
// one can see there; what should survive is which cells are near and far of each cell (Spearman 1904, the layout's own distances unranked for a gradient).
// d corr_i / d d_ij = r_ij / s_i - corr_i (d_ij - mean_i) / s_i^2 with r the ranks of row i about their mean and of unit length, s_i the spread of its distances. Adam, step .02 falling to .001.
// Places are centred; their radius is that of the predicted distances. Frame: that of the principal components, so free to turn.
// Shapes: distance (M, n, D), local (M, n, L), expression (n, E) float on the host -> places n x d. Cost O(n^2) memory and time an iteration,
// of patches where there are more than 3,000 cells (patchwise.h).
#pragma once

#include <ATen/core/Tensor.h>

#include "engine/core/stop_token.h"
#include "plugins/st_edm/options.h"

namespace geocyte::plugins::st_edm {

/// What is known of the pairs of a set.
struct PairViews {
  at::Tensor distance, local, expression;
  /// (n, d) places that a refiner moved cells from and to; undefined: it did not.
  at::Tensor from = {}, to = {};

  PairViews of(const at::Tensor& rows) const;
  /// D (n, n): mean over members of |u_i - u_j|, changed by |to_i - to_j| - |from_i - from_j|, 0 on the diagonal.
  at::Tensor distances() const;
  /// (n, d) where a layout starts: `to`, or the classical scaling.
  at::Tensor start(std::int64_t dims) const;
};

/// (n, d): the start without majorisation; O(n), for looking while training.
at::Tensor scaled_places(const at::Tensor& distance, std::int64_t dims);

/// (n, d), whatever n is.
at::Tensor laid_out_at_once(const PairViews& views, std::int64_t dims, const LayoutOptions& options, int threads, const StopToken& stop);

/// (n, d). A stopped layout returns where it is.
at::Tensor laid_out_places(const PairViews& views, std::int64_t dims, const LayoutOptions& options, int threads, const StopToken& stop);

}  // namespace geocyte::plugins::st_edm
