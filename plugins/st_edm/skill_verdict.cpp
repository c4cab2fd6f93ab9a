// SPDX-License-Identifier: GPL-3.0-or-later
#include <string>

#include <fmt/format.h>

#include "plugins/st_edm/skill.h"

namespace geocyte::plugins::st_edm {
namespace {

std::string listed(const SkillPanel& panel, bool (*wanted)(const SkillLevel&)) {
  std::string words;
  for (const SkillLevel& level : panel.levels)
    if (wanted(level)) words += fmt::format("{}{:.1f}", words.empty() ? "" : ", ", level.sigma);
  return words;
}

}  // namespace

store::Verdict skill_verdict(const SkillPanel& panel) {
  store::Verdict verdict;
  verdict.id = "skill/refiner";
  verdict.workspace = "spatial";
  const std::string with = listed(panel, [](const SkillLevel& level) { return level.high < 1; }),
                    worse = listed(panel, [](const SkillLevel& level) { return level.low > 1; }),
                    better = listed(panel, [](const SkillLevel& level) { return level.gain_low > 0; });
  verdict.state = with.empty() ? "bad" : worse.empty() && !better.empty() ? "good" : "warn";
  verdict.headline = with.empty() && worse.empty() ? "No skill: the refiner equals doing nothing at every noise level."
                     : with.empty()                ? "No skill: the refiner is worse than doing nothing at σ = " + worse + "."
                     : worse.empty()               ? "The refiner denoises at σ = " + with + "."
                                                   : "The refiner denoises at σ = " + with + ", and is worse than nothing at σ = " + worse + ".";
  if (!with.empty())
    verdict.headline += better.empty() ? " Refined places are no better than the generator's." : " Refined places beat the generator's from σ = " + better + ".";
  verdict.evidence = "L/L(F=0):";
  for (const SkillLevel& level : panel.levels) verdict.evidence += fmt::format(" {:.2f} [{:.2f}, {:.2f}] at σ = {:.1f};", level.ratio, level.low, level.high, level.sigma);
  if (panel.live < panel.axes) {
    verdict.evidence = fmt::format("Over the {} axes that hold data, ", panel.live) + verdict.evidence + fmt::format(" over all {} axes, of which {} are always 0:", panel.axes, panel.axes - panel.live);
    for (const SkillLevel& level : panel.levels) verdict.evidence += fmt::format(" {:.2f}", level.all);
    verdict.evidence += " (to know that they are 0 is to know nothing of the tissue);";
    verdict.evidence += fmt::format(" σ_data of all axes is {:.3f};", panel.of_all);
  }
  verdict.evidence += fmt::format(" σ in units of σ_data = {:.3f} radii; n = {} cells, {}.", panel.sigma_data, panel.cells, panel.split);
  verdict.why = "F = 0 is the network that outputs nothing: its error at a noise level is known, and a network that merely passes its noisy input on equals it. "
                "A scale near 1 proves nothing at low noise; it stands beside the scale that an honest mean would have.";
  return verdict;
}

}  // namespace geocyte::plugins::st_edm
