// SPDX-License-Identifier: GPL-3.0-or-later
// The adversary of K sources, in the forms that do not collapse to the largest source, and the one that does.
//
// The classifier minimises L_D, the encoder either L_D behind a reversed gradient (adversary.h) or L_E with the classifier fixed:
//
//   L_D = -sum_i w_i log softmax(l_i + a)_{k(i)}          k(i): group of cell i, w: group_weights.h
//   L_E = -sum_i w_i sum_k q_ik log softmax(l_i)_k
//
//   balance    by_group   w_i = 1/(K n_k), a = 0          a group counts once, whatever its size is
//              by_cell    w_i = 1/B, a = 0                plain cross entropy; what it learns first is the prior n_k / B
//              by_prior   w_i = 1/B, a_k = log(n_k / B)   the prior is added while learning, so the logits need not hold it
//   target     others     q_ik = (1 - [k = k(i)]) / (K - 1)   anything but its own source (scVI)
//              uniform    q_ik = 1 / K                    lowest, and of zero gradient, where the classifier cannot tell
//
// K: groups that have cells in the batch; for the others q = 0. With q "others" L_E falls without bound when the classifier is fooled
// into certainty of a wrong source; "uniform" stops at log K. Cell weights (composition_weights.h) multiply w.
// Why plain cross entropy fails: where sources cannot be told apart its minimum is log softmax(l) = log prior; every cell is called
// the largest source, balanced accuracy is 1/K, and the encoder of a small source is pushed by nothing. Detected by
// class_recall (adversary.h), never by accuracy.
// References: scvi-tools, adversarial training plan (L_E, others); Menon et al., "Long-tail learning via logit adjustment", ICLR
// 2021, eq. 10 (by_prior); Cao & Gao, Nat Biotechnol 40 (2022), eq. 18 (weights).
// Shapes: logits (B, K_all), B = groups.cells(), K_all = groups.count(); cell_weights (B) or undefined; else Error{internal}.
// Twice differentiable. Cost O(B K).
#pragma once

#include <ATen/core/Tensor.h>

#include <span>

#include "engine/losses/group_weights.h"
#include "engine/losses/term.h"

namespace geocyte::losses {

enum class AdversaryBalance { by_group, by_cell, by_prior };
enum class ConfusionTarget { others, uniform };

struct SourceAdversaryOptions {
  AdversaryBalance balance = AdversaryBalance::by_group;
  ConfusionTarget target = ConfusionTarget::others;        ///< of the encoder's form only
};

/// L_D; absent when fewer than two groups have cells (of weight above 0).
Term source_cross_entropy(const at::Tensor& logits, const Groups& groups, const SourceAdversaryOptions& options = {},
                          const at::Tensor& cell_weights = {});

/// L_E, for logits of a classifier whose parameters are not in the optimiser. Balance by_prior counts as by_group here.
Term source_confusion(const at::Tensor& logits, const Groups& groups, const SourceAdversaryOptions& options = {},
                      const at::Tensor& cell_weights = {});

/// The mean of the terms that are there: one head a level (modality, patient, source), each level counting alike.
/// Absent, with the reasons, when all are.
Term mean_of(std::span<const Term> terms);

}  // namespace geocyte::losses
