// SPDX-License-Identifier: GPL-3.0-or-later
// The twelve losses of the seed 004 on a batch of sets, each named in options.h and computed in engine/losses:
//
//   score                                         denoising_normalised (or denoising_edm) with score_weight
//   gram, gram_scale, knn_nca, edge, subspace     of V_geom = clamped_size(D), or D about its mean where the clamp is off
//   knn_scale                                     of D
//   out_scale, gram_learn                         of D - c_skip x (learned_branch), where c_skip < .25 with weight (1 - c_skip)^2, and where c_skip < .05
//   gen_align, gen_scale                          of V_gen
//   ctx_edge                                      D of one set, with half of its cells exchanged for cells of another one (context_edges)
//
// Gates: gram counts for the 50 % of noise levels that are lowest, gram_scale 60 %, knn_nca 40 %, edge 30 %. The thresholds are quantiles of the law of
// levels itself; a batch in which no level is that low has no such term.
#pragma once

#include <array>
#include <optional>

#include "plugins/st_edm/seed/curriculum.h"
#include "plugins/st_edm/seed/model.h"

namespace geocyte::plugins::st_edm {

/// A batch: what is seen of the cells (B, n, F), where they lie (B, n, d), and noise levels (B).
struct SeedBatch {
  at::Tensor z, places, sigma;
  bool twice = false;                      ///< conditioned on an estimate of its own
};

/// Levels below which a term counts where gates are on, and the cap of the score's weights.
struct SeedThresholds {
  double gram = 0, gram_scale = 0, knn_nca = 0, edge = 0, weight_cap = 0;
};
SeedThresholds thresholds_of(const Curriculum& curriculum, double sigma_data);

/// By term; undefined where a term is off.
using SeedTerms = std::array<at::Tensor, kSeedTerms.size()>;

SeedTerms seed_terms(const SeedModel& model, const SeedBatch& batch, const SeedThresholds& thresholds, const at::Generator& noise);

}  // namespace geocyte::plugins::st_edm
