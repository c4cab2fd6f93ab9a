// SPDX-License-Identifier: GPL-3.0-or-later
// Contrasts between sources. Both compare a cell with the cells of one other source at a time, never with those of its own:
// a term that pushed whole sources apart to make its negatives easy would work against alignment.
//
//   S_ij = cos(z_i, z_j) / tau,    one row (i, b) for each cell i and each other source b
//
//   mnn_contrast         info_nce.h over rows (i, b): positives = the partners of i in b, negatives = the cells of b that are neither
//                        partners nor to be ignored (mutual_neighbours.h)
//   expression_contrast  L = 1/|R| sum_{(i, b) in R} -sum_{j in b} P_ij / P_ib. log softmax_{j in b} S_ij,   P_ib. = sum_{j in b} P_ij
//
// P >= 0 are soft labels that expression gives: a transport plan between sources (expression_plan.h), or mutual neighbours weighted by similarity
// (partner_plan). R: rows with labels. Plans are normalised row by row, so a plan that is unbalanced (rows with less mass) only
// leaves rows out that have none; with `by_mass` a row counts as its mass.
// The second form is lowest, at the entropy of P, where softmax S = P; its excess is a KL divergence. Chance (all S alike) is log n_b.
// Both are directed; since (j, a) is a row as well as (i, b), each pair is seen from both sides.
// References: van den Oord et al. 2018 (InfoNCE); Khosla et al., NeurIPS 2020 (several positives).
// Shapes: z (B, D), partners and plan (B, B), B = sources.cells(); else Error{internal}. Plan and partners get no gradient; entries
// within one source are not read. Cost O(B^2 D).
#pragma once

#include <ATen/core/Tensor.h>

#include "engine/losses/groups.h"
#include "engine/losses/mutual_neighbours.h"
#include "engine/losses/term.h"

namespace geocyte::losses {

struct PartnerContrastOptions {
  double temperature = 0.07;               ///< tau > 0
  bool by_mass = false;                    ///< expression_contrast: rows count as their mass in P instead of alike
};

/// Absent when no cell has a partner and a negative in one source.
Term mnn_contrast(const at::Tensor& z, const Partners& partners, const Groups& sources, const PartnerContrastOptions& options = {});

/// The level that mnn_contrast starts at.
double mnn_contrast_chance(const Partners& partners, const Groups& sources);

/// Absent when no cell has a label in another source.
Term expression_contrast(const at::Tensor& z, const at::Tensor& plan, const Groups& sources, const PartnerContrastOptions& options = {});

/// Mutual neighbours as soft labels: (B, B), P_ij = exp(S_ij / tau_x) of partners, 0 elsewhere.
at::Tensor partner_plan(const Partners& partners, double expression_temperature = 0.1);

}  // namespace geocyte::losses
