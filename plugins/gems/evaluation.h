// SPDX-License-Identifier: GPL-3.0-or-later
// What the embedding is worth on held-out cells, and what plain tools make of the same cells: the scores of
// engine/baselines/alignment_scores.h for
//
//   model   the encoder, with its adapter where it has one
//   raw, pca, centre, z-score, coral, monge, z-score+monge, combat, mnn, mnn-overlap, harmony, harmony-strong
//           engine/baselines/baseline.h, fitted on the training cells; those that see held-out cells say so in the split of
//           their rows; a source that is held out whole is fitted by its own cells
//
// and, for each, how many pairs of sources pass the gates of engine/stats/alignment_gates.h (not for raw, whose thousands of dimensions
// no classifier here takes). One row a score and method, with n, 95 % interval and what a perfect mixture or guessing would give. The reference of the maps
// is the slides of the patient with the most spots. Large data are judged on at most kMostCells training and as many held-out
// cells, each source in proportion, the same for all methods.
#pragma once

#include <ATen/core/Tensor.h>

#include <functional>

#include "engine/core/stop_token.h"
#include "engine/train/system.h"
#include "plugins/gems/cells.h"
#include "plugins/gems/spot_proportions.h"

namespace geocyte::plugins::gems {

inline constexpr std::int64_t kMostCells = 3000;

/// (n, D) on the host: what the run hands over of the rows (n) int64 of the cell axis.
using Embedding = std::function<at::Tensor(const at::Tensor& rows)>;

train::Evaluation evaluate_alignment(const Cells& cells, const SpotProportions& proportions, const Embedding& model, const train::EvaluationRequest& request,
                                     const StopToken& stop);

}  // namespace geocyte::plugins::gems
