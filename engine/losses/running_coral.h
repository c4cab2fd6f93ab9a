// SPDX-License-Identifier: GPL-3.0-or-later
// CORAL between sources at running moments. A batch of 256 cells from six sources holds 43 of each, fewer than dimensions: every
// batch covariance is singular and mostly noise. Moments that are averaged over batches are neither.
//
//   M_a <- decay M_a + (1 - decay) m_a,   C_a likewise, after the step, detached               (RunningMoments::observe)
//   m^_a = decay M_a + (1 - decay) m_a,   C^_a likewise, for sources in the batch; M_a, C_a for other known ones
//   L    = 2 / (K (K - 1)) sum_{a < b} CORAL(m^_a, m^_b)                                        K known sources
//   dL/dz: through m_a and C_a of the batch, with dm^_a/dm_a taken as 1
//
// So the value is CORAL at the moments that are known best, and the gradient is as large as that of pairwise_coral there: 1 / (1
// - decay) times the derivative of L, which would fade as the average gets longer. A source that was never seen has m^ = m.
// With decay 0 this is pairwise_coral. Sources that are not in the batch pull, but are not pulled.
// The averages lag behind the encoder by 1 / (1 - decay) batches; while it still moves fast take a decay of .9, later .99.
// Reference of CORAL and its two forms: coral.h. Shapes: z (B, D), B = groups.cells(); else Error{internal}. Groups of fewer
// than `min_cells` cells in the batch do not take part; with none, or with fewer than two known sources, the term is absent.
// Polynomial: no root, no guard. Cost O(K D^2 + B D^2).
#pragma once

#include <ATen/core/Tensor.h>
#include <torch/nn/module.h>

#include <cstdint>

#include "engine/losses/coral.h"
#include "engine/losses/groups.h"
#include "engine/losses/pairwise_coral.h"
#include "engine/losses/term.h"

namespace geocyte::losses {

/// Running moments of each source. All state is in buffers: a checkpoint saves it as it saves a network.
struct RunningMoments : torch::nn::Module {
  /// Throws Error{internal} for a decay outside [0, 1).
  RunningMoments(std::int64_t groups, std::int64_t dims, double decay = 0.99);

  /// Takes in the groups of a batch with at least `min_cells` cells. Moments that are not finite are not taken in.
  void observe(const at::Tensor& z, const Groups& groups, std::int64_t min_cells = kMinCellsOfAPair);

  at::Tensor mean;                         ///< (K, D)
  at::Tensor covariance;                   ///< (K, D, D)
  at::Tensor batches;                      ///< (K) int64, host: batches taken in; 0 = unknown
  double decay;
};

struct RunningCoralOptions {
  CoralForm form = CoralForm::mean_and_covariance;
  std::int64_t min_cells = kMinCellsOfAPair;
  const char* what = "source";
};

/// `running` is read only; give it the batch after the step.
Term running_coral(const at::Tensor& z, const Groups& groups, const RunningMoments& running, const RunningCoralOptions& options = {});

}  // namespace geocyte::losses
