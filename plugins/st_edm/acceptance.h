// SPDX-License-Identifier: GPL-3.0-or-later
// Whether a refiner may be used. Judged on places as they are shown, of cells that neither network was trained on, beside the generator's places of the
// same cells. It is accepted where all of these hold:
//
//   far      row-Spearman rises: the whole 90 % interval of the change lies above 0
//   near     recall@10 does not fall: the whole 90 % interval of the change lies above -m, m = 5 % of what the generator finds (a test of
//            non-inferiority with margin m)
//   denoises L/L(F = 0) is below 1 with its whole interval at some noise level up to 2.4 S, and above 1 with its whole interval at none
//   missed   the generator's places of these cells are of networks that have never seen the slide (heads.missed): on slides that it has learned, a refiner
//            gained .010 [.007, .014] and .004 [-.003, .013] and nothing of it on the slide held out (her2st E3)
//
// Intervals: paired bootstrap of cells. Distances that gain while neighbours are lost, or gains of a network that denoises nothing, are refused.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <vector>

#include "plugins/st_edm/skill.h"

namespace geocyte::plugins::st_edm {

/// Of what the generator finds, the most that may be lost.
inline constexpr double kLostShare = 0.05;

/// Cells of one slide as they would be shown, each in a frame of its own: (n, d) on the host.
struct ShownSet {
  at::Tensor truth, generator, refined;
};

struct Change {
  double value = 0, low = 0, high = 0;     ///< refined minus generator
};

struct Acceptance {
  bool accepted = false;
  Change far, near;                        ///< of row-Spearman, of recall@10
  double found = 0;                        ///< recall@10 of the generator
  bool denoises = false, harms = false, missed = false;
  double worst_ratio = 0;                  ///< L/L(F=0) of the worst noise level up to 2.4 S
  std::int64_t cells = 0;

  bool gains_far() const { return far.low > 0; }
  bool keeps_near() const { return near.low > -kLostShare * found; }
};

/// `shown` and `panel`: of validation sets; `missed`: by networks that have not seen their slides. Without cells nothing is accepted.
Acceptance judge(const std::vector<ShownSet>& shown, const SkillPanel& panel, bool missed, std::uint64_t seed);

/// Sets of a system that shows places as its networks give them, without a layout.
std::vector<ShownSet> shown_as_given(const Denoiser& denoiser, const std::vector<RefineSets>& sets, std::uint64_t seed);

store::Verdict acceptance_verdict(const Acceptance& acceptance);

}  // namespace geocyte::plugins::st_edm
