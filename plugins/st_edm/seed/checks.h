// SPDX-License-Identifier: GPL-3.0-or-later
// What the seed looks at while it trains, on sets with known places:
//
//   phase check        D at the highest level of the phase: its size over the right one, and how many of the ten nearest cells are right (Jaccard)
//   conditioning A/B   F at s = 4.5 S (c_skip < .05) with the context H and with H = 0:  |F_H - F_0| / |F_H|  and  rms F_0 / rms F_H.
//                      The seed calls a difference above .10 "H is used"
//   open loop          recall@10 of places drawn from noise of the highest level of all phases; chance 10 / (n - 1)
#pragma once

#include <vector>

#include "engine/core/stop_token.h"
#include "plugins/st_edm/seed/curriculum.h"
#include "plugins/st_edm/seed/model.h"

namespace geocyte::plugins::st_edm {

struct Conditioning {
  double difference = 0, f_ratio = 0;
};

/// Means over the sets; 0 without any. All take the same noise for the same seed.
PhaseCheck check_phase(const SeedModel& model, const std::vector<RefineSets>& sets, double sigma, std::uint64_t seed);
Conditioning conditioning_of(const SeedModel& model, const std::vector<RefineSets>& sets, std::uint64_t seed);
double open_loop_recall(const SeedModel& model, const std::vector<RefineSets>& sets, double level, std::uint64_t seed, const StopToken& stop);

/// Of each point (n): how many of its k nearest in one set (n, D) are among those in another one (n, D').
at::Tensor shared_neighbours(const at::Tensor& a, const at::Tensor& b, std::int64_t k);

}  // namespace geocyte::plugins::st_edm
