// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugins/st_edm/acceptance.h"

#include <algorithm>
#include <string>
#include <utility>

#include <ATen/core/grad_mode.h>

#include <fmt/format.h>

#include "engine/core/rng.h"
#include "plugins/st_edm/geometry_scores.h"

namespace geocyte::plugins::st_edm {
namespace {

constexpr int kRounds = 400;

GeometryScores scores_of(const at::Tensor& places, const at::Tensor& truth) {
  const auto floats = [](const at::Tensor& values) {
    const at::Tensor host = values.to(at::kCPU, at::kFloat).contiguous();
    return std::vector<float>(host.const_data_ptr<float>(), host.const_data_ptr<float>() + host.numel());
  };
  return score_places(floats(places), places.size(1), floats(truth), truth.size(1), 1);
}

/// Mean of the changes of each cell, and its 90 % interval.
Change change_of(const std::vector<double>& changes, std::uint64_t seed) {
  Rng rng(hash64("acceptance", seed));
  std::vector<double> again;
  for (int round = 0; round < kRounds; ++round) {
    double sum = 0;
    for (std::size_t i = 0; i < changes.size(); ++i) sum += changes[static_cast<std::size_t>(rng.below(changes.size()))];
    again.push_back(sum / static_cast<double>(changes.size()));
  }
  std::sort(again.begin(), again.end());
  return {mean_of(changes), again[kRounds / 20], again[kRounds - 1 - kRounds / 20]};
}

std::string why_refused(const Acceptance& a) {
  std::string why;
  const auto add = [&](bool holds, const char* words) {
    if (!holds) why += (why.empty() ? "" : ", ") + std::string(words);
  };
  add(a.gains_far(), "distances keep their order no better");
  add(a.keeps_near(), "true neighbours may be lost");
  add(a.denoises, "it denoises at no noise level");
  add(!a.harms, "it is worse than nothing at a noise level");
  add(a.missed, "no network has missed the slides that it is judged on (set heads.missed, with two training slides or more)");
  return why;
}

}  // namespace

Acceptance judge(const std::vector<ShownSet>& shown, const SkillPanel& panel, bool missed, std::uint64_t seed) {
  std::vector<double> far, near, found;
  for (const ShownSet& set : shown) {
    const GeometryScores after = scores_of(set.refined, set.truth), before = scores_of(set.generator, set.truth);
    for (std::size_t i = 0; i < before.recall.size(); ++i) {
      far.push_back(after.row_spearman[i] - before.row_spearman[i]);
      near.push_back(after.recall[i] - before.recall[i]);
      found.push_back(before.recall[i]);
    }
  }
  Acceptance made;
  made.cells = static_cast<std::int64_t>(far.size());
  made.missed = missed;
  if (far.empty()) return made;
  made.far = change_of(far, seed);
  made.near = change_of(near, seed);
  made.found = mean_of(found);
  for (const SkillLevel& level : panel.levels) {
    if (level.sigma > kAcceptedLevel) continue;
    made.worst_ratio = std::max(made.worst_ratio, level.ratio);
    made.denoises = made.denoises || level.high < 1;
    made.harms = made.harms || level.low > 1;
  }
  made.accepted = made.gains_far() && made.keeps_near() && made.denoises && !made.harms && missed;
  return made;
}

std::vector<ShownSet> shown_as_given(const Denoiser& denoiser, const std::vector<RefineSets>& sets, std::uint64_t seed) {
  const at::NoGradGuard no_gradient;
  std::vector<ShownSet> shown;
  for (const RefineSets& set : sets) shown.push_back({set.truth()[0], set.base[0], denoiser.placed(set, seed)});
  return shown;
}

store::Verdict acceptance_verdict(const Acceptance& a) {
  store::Verdict verdict;
  verdict.id = "skill/acceptance";
  verdict.workspace = "spatial";
  verdict.state = a.accepted ? "good" : "neutral";
  verdict.headline = a.accepted ? "The refiner improves on the generator and is used." : "The refiner does not improve on the generator: the generator alone is shown.";
  if (a.cells == 0) {
    verdict.evidence = "No slide has enough validation cells to judge it on.";
  } else {
    verdict.evidence = fmt::format("Row-Spearman of validation cells changes by {:+.3f} [{:+.3f}, {:+.3f}], recall@10 by {:+.3f} [{:+.3f}, {:+.3f}] of {:.3f} "
                                   "(90 % paired bootstrap, n = {} cells); worst L/L(F=0) up to σ = {:.1f}: {:.2f}.",
                                   a.far.value, a.far.low, a.far.high, a.near.value, a.near.low, a.near.high, a.found, a.cells, kAcceptedLevel, a.worst_ratio);
    if (!a.accepted) verdict.evidence += " Refused: " + why_refused(a) + ".";
  }
  verdict.why = fmt::format("Accepted where, on places as they are shown, the whole interval of the change of row-Spearman is above 0, that of recall@10 above a loss of {:.0f} % of "
                            "what the generator finds, the refiner denoises better than doing nothing at some noise level looked at and worse at none, and the generator's places are of networks that have "
                            "never seen the slide. Decided on cells of the training slides that the refiner was not trained on; held-out slides take no part in it.",
                            100 * kLostShare);
  return verdict;
}

}  // namespace geocyte::plugins::st_edm
