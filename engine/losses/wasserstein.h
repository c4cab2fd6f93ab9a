// SPDX-License-Identifier: GPL-3.0-or-later
// Wasserstein critics with a gradient penalty. A critic f is trained to score one group above the rest with a slope of about 1; the
// gap it then finds is an estimate of the Wasserstein-1 distance, and unlike a classifier's certainty it keeps a gradient.
//
//   gap_k    = E_{i not in k} f_k(z_i) - E_{i in k} f_k(z_i)           E over the others: groups count alike (group_weights.h)
//   penalty  = E (|grad_z f_k(z^)| - 1)^2,   z^ = e z_i + (1 - e) z_j,  e ~ U(0, 1), i in k, j not in k
//   critic     L = mean_k gap_k + lambda penalty                       minimised by f
//   encoder    L = -mean_k gap_k                                       minimised by z, f fixed
//
// Two groups need one f (of group 1 against group 0); K > 2 groups have one column of f each. All columns of several scales
// (engine/nn/critic.h) are judged alike. Each interpolated cell is of one pair of groups, drawn alike often, and its penalty is of that
// column: one more backward pass, whatever K is.
// The penalty is differentiated a second time when the critic's parameters are (create_graph), so the critic must be twice
// differentiable: TrainContext::update drives it like any other loss. z is cut off in the critic's loss.
// Weights of cells (composition_weights.h) may stand for E.
// Reference: Gulrajani et al., "Improved training of Wasserstein GANs", NeurIPS 2017, eq. 3 and algorithm 1: lambda = 10, 5 updates of
// the critic for one of the encoder, Adam 1e-4 with betas (0, .9).
// Shapes: z (B, D), scores (B, S C), C = 1 for two groups of Groups::count(), else the count; else Error{internal}.
// Guard: |g| = sqrt(|g|^2 + 1e-12): a critic that is flat has a finite gradient of its penalty.
#pragma once

#include <ATen/core/Generator.h>
#include <ATen/core/Tensor.h>

#include <functional>

#include "engine/losses/group_weights.h"
#include "engine/losses/term.h"

namespace geocyte::losses {

/// z (n, D) -> (n, S C).
using CriticFunction = std::function<at::Tensor(const at::Tensor& z)>;

/// C of above.
std::int64_t critic_columns(const Groups& groups);

/// The encoder's loss, from scores of z with gradient. Absent when fewer than two groups have cells.
Term wasserstein_gap(const at::Tensor& scores, const Groups& groups, const at::Tensor& cell_weights = {});

struct CriticLossOptions {
  double penalty = 10;                     ///< lambda >= 0
  std::int64_t interpolated = 64;          ///< cells of the penalty; 0 = as many as the batch has. It is an expectation: 64 are enough
};

struct CriticLoss {
  Term loss;                               ///< to be given to TrainContext::update
  at::Tensor gap, penalty;                 ///< detached parts: -gap estimates the mean distance of a group from the others
};

/// The critic's loss. Draws from `generator`, which is of z's device. Works under GradMode only: it needs a gradient inside; throws
/// Error{internal} without.
CriticLoss critic_loss(const CriticFunction& critic, const at::Tensor& z, const Groups& groups, const CriticLossOptions& options, at::Generator generator,
                       const at::Tensor& cell_weights = {});

}  // namespace geocyte::losses
