// SPDX-License-Identifier: GPL-3.0-or-later
// Does a denoiser do better than nothing, and than the generator? At each noise level s, on cells that it was not trained on, R the clean sets:
//
//   ratio      sum |D(x; s) - R|^2 / sum |c_skip x - R|^2      the network that outputs nothing (F = 0) has 1; 95 % bootstrap of cells. Over the axes
//              that hold data, S in c_skip being theirs (denoiser.h)
//   all        the same over all axes with the S of all: where most of them are 0 in every set, knowing that alone makes it small
//   f_ratio    rms F / rms of the F that would be right
//   scale      rms D / rms R                                  says nothing by itself:
//   ceiling    sqrt(1 - |D - R|^2 / |R|^2)                     the scale of an honest mean that is as right as D is
//   refined    1 - row-Spearman of places refined from noise of s about the generator's
//   generator  the same of the generator's places; gain = generator - refined with a paired 90 % bootstrap of cells
//
// A denoiser has skill at s where the whole interval of ratio lies below 1. That it beats its noise is not that it beats the generator:
// `refined` below `generator` is what counts in the end.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/core/stop_token.h"
#include "engine/store/contract/snapshot.h"
#include "plugins/st_edm/denoiser.h"

namespace geocyte::plugins::st_edm {

/// In units of S, of the axes that hold data; the bins that acceptance looks at go up to 2.4.
inline constexpr double kSkillLevels[] = {0.1, 0.3, 0.6, 1.2, 2.4, 4.8};
inline constexpr double kAcceptedLevel = 2.4, kAcceptedRatio = 0.95;

struct SkillLevel {
  double sigma = 0;                        ///< in units of S
  double ratio = 1, low = 1, high = 1, f_ratio = 0, scale = 0, ceiling = 0;
  double all = 1, all_low = 1, all_high = 1;
  double refined = 0, generator = 0, gain_low = 0, gain_high = 0;
};

struct SkillPanel {
  std::vector<SkillLevel> levels;
  std::int64_t cells = 0;
  double sigma_data = 1, of_all = 1;       ///< S of the axes that hold data, and of all, in radii
  std::int64_t axes = 0, live = 0;         ///< of a clean set, and those that hold data
  std::string split;
};

struct SkillOptions {
  int bootstrap = 200;
  std::uint64_t seed = 0;
  StopToken stop = {};                     ///< stopped: the levels so far
};

SkillPanel skill_panel(const Denoiser& denoiser, const std::vector<RefineSets>& sets, std::string split, const SkillOptions& options);

/// `ratio` averaged over levels from .1 to 2.4 S, one draw a level and set; the same draws for the same seed.
double mean_loss_ratio(const Denoiser& denoiser, const std::vector<RefineSets>& sets, std::uint64_t seed);

/// In words: at which levels it has skill, or that it equals doing nothing.
store::Verdict skill_verdict(const SkillPanel& panel);

/// "skill/sigma", "skill/ratio" … over the axis "sigma".
std::vector<NamedArray> skill_arrays(const SkillPanel& panel);

/// Row-Spearman of each cell.
std::vector<double> row_spearman(const at::Tensor& places, const at::Tensor& truth);

}  // namespace geocyte::plugins::st_edm
