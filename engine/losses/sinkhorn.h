// SPDX-License-Identifier: GPL-3.0-or-later
// The Sinkhorn divergence between groups, as the mean over all pairs, in one node.
//
//   S(a, b) = OT_eps(a, b) - 1/2 OT_eps(a, a) - 1/2 OT_eps(b, b)              OT_eps, C: engine/kernels/transport.h
//   L       = 2 / (K (K - 1)) sum_{a < b} S(a, b);   each OT_eps(a, a) is solved once, not once a pair
//
//   C = |x - y|^p / p (p = 2: half the squared distance),  eps = blur^p,  rho = reach^p,  cells of a group weigh the same
//   balanced:    S = <a, f_ab - f_aa> + <b, g_ab - g_bb>
//   unbalanced:  S = (rho + eps/2) [<a, exp(-f_aa/rho) - exp(-f_ab/rho)> + <b, exp(-g_bb/rho) - exp(-g_ab/rho)>]
//   dS/dx_i = a_i [pull_ab,i - pull_aa,i]     unbalanced: each pull times exp(-f_i / rho)
//
// L is near half the mean squared Wasserstein distance (p = 2). S(a, a) = 0; S >= 0 once the potentials have converged, which
// scaling .5 often leaves open, so that .8 is the default here. The value and schedule are those of GeomLoss (p, blur,
// scaling, reach, debiased).
//
// blur = 0 chooses blur_factor * median distance inside a group / sqrt(2), near sqrt(tr C) of a group, detached. In many
// dimensions a fixed small blur measures sampling noise: at blur .05 in R^128 two samples of 128 from one distribution are 97 %
// of the loss that a shift of 2.6 gives. Take the median as an average over steps (SinkhornMemory), and 256 cells a source or a
// bank of remembered ones.
// References: Feydy et al., "Interpolating between optimal transport and MMD using Sinkhorn divergences", AISTATS 2019,
// eqs. 3, 10, 15; Sejourne et al., arXiv 1910.12958 (unbalanced).
//
// Groups of fewer than `min_cells` cells in the batch are left out; with fewer than two left the term is absent. Shapes: z (B, D),
// B = groups.cells(); else Error{internal}. Gradient by the envelope theorem (written_gradient.h): exact at convergence, else the
// gradient of the last half step. The grad mode is not touched. Cells on a GPU are solved there (kernels/transport_cuda.h), or on the
// host where the module of CUDA kernels is missing.
// Guards: a diameter below the blur counts as 1.01 blur; cells that are all equal give 0 with gradient 0; a number that is not
// finite gives NaN at once. Cost O(K^2 n^2 (D + temperatures)); memory of the costs, K^2 n^2 / 2 numbers.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>

#include "engine/losses/groups.h"
#include "engine/losses/term.h"

namespace geocyte::losses {

struct SinkhornMemory;

struct SinkhornOptions {
  int p = 2;                               ///< 1 or 2
  double blur = 0;                         ///< in units of z; 0 = from the median distance
  double blur_factor = 1;                  ///< .5 to 1; used when blur is 0
  double scaling = 0.8;                    ///< ratio of blurs of successive temperatures, 0 < scaling < 1
  double reach = 0;                        ///< cells further apart need not be matched; 0 = all must be (balanced)
  std::int64_t min_cells = 5;
  const char* what = "source";             ///< names the groups in the reason of an absent term
};

/// `memory`, when given, is read only: its average median distance, and its remembered cells, which join their group with
/// no gradient. Update it after the step with SinkhornMemory::observe.
Term sinkhorn(const at::Tensor& z, const Groups& groups, const SinkhornOptions& options = {}, const SinkhornMemory* memory = nullptr);

/// The blur that blur = 0 stands for in this batch (without a memory); 0 when no group has two cells.
double automatic_blur(const at::Tensor& z, const Groups& groups, const SinkhornOptions& options = {});

}  // namespace geocyte::losses
