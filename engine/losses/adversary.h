// SPDX-License-Identifier: GPL-3.0-or-later
// The adversary of an encoder: a classifier that tries to tell the groups (two modalities, K sources) apart, and the
// gradient reversal that lets the encoder work against it.
//
//   L_D = -1/K sum_k 1/n_k sum_{i in k} log softmax(l_i)_k        K groups that have cells, n_k counted in the batch
//   R(x) = x,  dR/dx = -lambda                                    gradient reversal
//   lambda(p) = 2 / (1 + exp(-alpha p)) - 1                       p = progress in [0, 1], alpha = 10
//
// Balanced in the batch: with plain cross entropy the classifier ends at the prior of the largest source, and the encoder
// gets no gradient at all. Judge it by balanced accuracy and the recall of each class, never by accuracy.
// Reference: Ganin et al., "Domain-adversarial training of neural networks", JMLR 17 (2016), eqs. 13-14 and sec. 5.2.2.
// Shapes: logits (B, K), K = groups.count(), B = groups.cells(); else Error{internal}. Cells of no group have weight 0.
// Guard: log softmax is computed with the maximum taken out; no logarithm of a rounded zero occurs.
#pragma once

#include <ATen/core/Tensor.h>

#include <vector>

#include "engine/losses/groups.h"
#include "engine/losses/term.h"

namespace geocyte::losses {

/// L_D; absent when fewer than two groups have cells in the batch.
Term balanced_cross_entropy(const at::Tensor& logits, const Groups& groups);

/// x in the forward pass, -coefficient times the gradient in the backward pass.
at::Tensor reverse_gradient(const at::Tensor& x, double coefficient);

/// lambda(progress); progress is clamped to [0, 1]. 0 at the start, 0.99991 at the end with alpha = 10.
double dann_coefficient(double progress, double alpha = 10);

/// How well logits tell the groups apart. Chance is 1 / K whatever the sizes are.
struct ClassRecall {
  std::vector<double> recall;              ///< K; NaN for a group without cells
  double balanced_accuracy = 0;            ///< mean over the groups that have cells
  double chance = 0;                       ///< 1 / number of groups that have cells
  double worst_excess = 0;                 ///< max_k recall_k - chance: near 0 means that no group stands out
};

/// Ties go to the lowest class. Asks the device once. Throws Error{internal} when no cell belongs to a group.
ClassRecall class_recall(const at::Tensor& logits, const Groups& groups);

}  // namespace geocyte::losses
