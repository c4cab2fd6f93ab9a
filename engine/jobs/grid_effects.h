// SPDX-License-Identifier: GPL-3.0-or-later
// What a factor changes over all settings of the others, and whether two factors add up.
//
//   main effect of level l of factor F      E_s = mean over settings o of the other factors of  y_s(l, o) - y_s(0, o)
//   interaction of l of F and m of G        I_s = mean over o of  y_s(l, m, o) - y_s(l, 0, o) - y_s(0, m, o) + y_s(0, 0, o)
//
// 0 is the level of the baseline, s a seed, y a score of the held-out evaluation. I = 0 means that both together change the score by what each
// does alone. Only settings whose cells are all planned count. Over the seeds that have every one of them: mean and paired t interval
// (paired_interval.h). A cell that differs from the baseline in one factor alone says the same for one setting only; a factorial grid averages
// over the others, with the same runs and a narrower interval where nothing interacts.
// Box, Hunter, Hunter: Statistics for Experimenters (2005), chapter 5. Theirs halves I; here it is in units of the score.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "engine/jobs/grid_report.h"

namespace geocyte::jobs {

struct GridEffect {
  Choice levels;                         ///< what was changed: one factor (main effect) or two (interaction)
  std::size_t settings = 0;              ///< of the other factors, averaged
  MeanOfSeeds mean;                      ///< of the cells that have these levels
  std::optional<PairedDifference> effect;   ///< nothing while no seed has all the cells
  double lowest = 0, highest = 0;        ///< of the settings, mean over seeds; with an effect
  bool is_interaction() const { return levels.size() == 2; }
};

/// Grids of more cells or factors have no effects; of more effects the first ones are taken.
inline constexpr std::size_t kMostEffects = 400, kMostCellsOfEffects = 512, kMostFactorsOfEffects = 32;

/// Which cells are held against which; the report must outlive it.
class GridEffects {
 public:
  explicit GridEffects(const GridReport& report);
  ~GridEffects();
  GridEffects(const GridEffects&) = delete;
  GridEffects& operator=(const GridEffects&) = delete;

  /// Whether they say more than single cells: an effect over two settings, or an interaction. A grid of one factor, or of one factor at a time,
  /// has none.
  bool tell_more() const;
  /// Main effects in the order of the factors, then interactions.
  std::vector<GridEffect> of(const std::string& metric) const;

 private:
  struct Setting;
  struct Planned;
  const GridReport* report_;
  std::vector<Planned> planned_;
};

/// Of every score of the table; empty where they do not tell more.
std::map<std::string, std::vector<GridEffect>> effects_by_score(const GridReport& report);

/// "adversary off"; "adversary off × latent 64".
std::string effect_name(const GridEffect& effect);
/// "instead of on, 4 settings"; "beyond both alone, 2 settings".
std::string effect_detail(const GridReport& report, const GridEffect& effect);
/// The effects on a score whose interval leaves out 0, largest first, a line each: "adversary off: −0.031 [−0.052, −0.010] instead of on, 4
/// settings". At most `most`.
std::vector<std::string> sure_effects(const GridReport& report, const std::string& metric, std::size_t most = 6);

}  // namespace geocyte::jobs
