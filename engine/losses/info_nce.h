// SPDX-License-Identifier: GPL-3.0-or-later
// The contrast that all contrastive terms here share. Row i has logits l_ij = similarity / temperature, weights T_ij >= 0 of its
// positives and a set N_i of negatives:
//
//   L = 1/|R| sum_{i in R} sum_j T_ij / T_i. log( 1 + sum_{n in N_i} exp(l_in) / exp(l_ij) )         R: rows with a positive and a negative
//     = 1/|R| sum_{i in R} sum_j T_ij / T_i. softplus( logsumexp_{n in N_i} l_in - l_ij )
//
// With one positive and all others negatives this is InfoNCE (van den Oord et al. 2018, eq. 4); with more, each positive stands
// against the negatives and not against its fellows, so that none of them is pushed away.
// L >= 0; 0 in the limit of perfect separation; log(1 + |N_i|), averaged over R, where all logits are alike: that is its chance level
// (info_nce_chance). A term that stays there has learned nothing.
// Shapes: logits, positive, negative (R, n) each, negative bool; else Error{internal}. Positives get no gradient.
// Guard: what is no negative is held at -1e9 instead of -infinity, whose logsumexp has no gradient. Cost O(R n).
#pragma once

#include <ATen/core/Tensor.h>

#include "engine/losses/term.h"

namespace geocyte::losses {

/// `why_absent` is the reason when no row has a positive and a negative; asks the device once.
Term info_nce(const at::Tensor& logits, const at::Tensor& positive, const at::Tensor& negative, const char* why_absent);

/// mean over R of log(1 + |N_i|); 0 when R is empty.
double info_nce_chance(const at::Tensor& positive, const at::Tensor& negative);

}  // namespace geocyte::losses
