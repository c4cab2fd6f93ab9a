// SPDX-License-Identifier: GPL-3.0-or-later
// What a denoiser adds to the share of its noisy input that it passes on, D = c_skip x + c_out F, against what it should add:
//
//   branch:      B = D - c_skip x = c_out F,      B* = y - c_skip x        (all about their means)
//   out_scale:   (ln rms B - ln rms B*)^2  =  (ln rms F - ln rms F*)^2
//   gram_learn:  relative error of the Gram matrix of B (gram_match.h) against that of B*
//
// At high noise c_skip -> 0 and B is all there is: a network that outputs nothing has gram_learn = 1.5 and a large out_scale there, while
// losses of D that see its size corrected (clamped_size.h) do not notice. (Terms `out_scale` and `gram_learn` of the seed 004, which counts
// the first where c_skip < .25, weighted by (1 - c_skip)^2, and the second where c_skip < .05; which sets count is the caller's.)
// Both 0 at D = y. Guard: ln rms of at least 1e-6. Shapes: denoised, noisy (B, n, D), skip (B) -> (B). Cost O(n^2 D).
#pragma once

#include "engine/losses/set_target.h"

namespace geocyte::losses {

struct LearnedBranch {
  at::Tensor prediction;                   ///< B
  SetTarget target;                        ///< B*; its pairs and neighbours are those of the clean set
};

LearnedBranch learned_branch(const at::Tensor& denoised, const SetTarget& clean, const at::Tensor& noisy, const at::Tensor& skip);

at::Tensor out_scale(const LearnedBranch& branch);
at::Tensor gram_learn(const LearnedBranch& branch);

}  // namespace geocyte::losses
