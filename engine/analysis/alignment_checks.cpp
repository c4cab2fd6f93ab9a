// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/analysis/alignment_checks.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace geocyte::analysis {
namespace {

using stats::PairGate;
using store::Check;
using Names = std::vector<std::string>;

const char* const kNoPair = "no pair can be judged: each of the two needs 10 training and 10 held-out cells";

Names named(const Names& names, std::initializer_list<int> sources) {
  Names found;
  for (const int source : sources)
    if (source >= 0 && static_cast<std::size_t>(source) < names.size()) found.push_back(names[static_cast<std::size_t>(source)]);
  return found;
}

Check not_judged(const char* id, const char* kind, const char* title, std::string why) { return {id, kind, title, std::nan(""), {}, {}, {}, std::move(why), {}, 0}; }

Check distance_check(const stats::AlignmentGates& gates, const Names& names) {
  const auto far = std::max_element(gates.pairs.begin(), gates.pairs.end(), [](const PairGate& a, const PairGate& b) { return a.bound - a.allowed < b.bound - b.allowed; });
  Check check{"gates/distance", "gate", "Largest distance, squared", far->squared, {}, far->bound, far->allowed,
              "sampling taken off, its upper 95 % bound stays within 0.36 deviations squared and what a split of one source shows", far->distance_passes, far->n_a + far->n_b};
  check.worst = named(names, {far->a, far->b});
  return check;
}

Check classifier_check(const stats::AlignmentGates& gates, const Names& names) {
  const PairGate* seen = nullptr;
  for (const PairGate& pair : gates.pairs)
    if (pair.classified && (!seen || std::pair(!pair.auc_passes, pair.auc.value) > std::pair(!seen->auc_passes, seen->auc.value))) seen = &pair;
  if (!seen) return not_judged("gates/auc", "gate", "Most separable pair, AUC", "no classifier was asked: every pair fails by its distance");
  Check check{"gates/auc", "gate", "Most separable pair, AUC", seen->auc.value, seen->auc.low, seen->auc.high, 0.5 + stats::kAucMargin,
              "of a fresh classifier: interval reaches 0.5 ± 0.10, at 95 % over all pairs together", seen->auc_passes, seen->n_a + seen->n_b};
  check.worst = named(names, {seen->a, seen->b});
  return check;
}

/// "a perfect mixture gives 0.95, plain PCA 0.12".
std::string beside(const baselines::Score& score, const baselines::AlignmentScores* pca) {
  std::string text;
  if (score.chance) text = fmt::format("a perfect mixture gives {:.2f}", *score.chance);
  if (const baselines::Score* plain = pca ? pca->find(score.name) : nullptr) text += fmt::format("{}plain PCA {:.2f}", text.empty() ? "" : ", ", plain->value);
  return text;
}

void add_mixing(const baselines::AlignmentScores& scores, const Names& names, const baselines::AlignmentScores* pca, std::vector<Check>& checks) {
  struct Shown {
    const char *id, *score, *title;
  };
  for (const Shown& shown : {Shown{"mixing/own_share", "own_source_share", "Neighbours of the own source"}, Shown{"mixing/ilisi", "ilisi_source", "Sources around a cell, iLISI"},
                             Shown{"mixing/kbet", "kbet", "Mixed neighbourhoods, kBET"}}) {
    const baselines::Score* score = scores.find(shown.score);
    if (!score) continue;
    Check check{shown.id, "mixing", shown.title, score->value, score->low, score->high, {},
                "how far sources can mix depends on what they hold; " + beside(*score, pca), {}, score->n};
    check.worst = named(names, {score->worst});
    checks.push_back(std::move(check));
  }
}

/// The slide that lies farthest below the plain components; of all slides where `pca` is not known.
int worst_slide(const baselines::AlignmentScores& scores, const baselines::AlignmentScores* pca) {
  int worst = -1;
  double least = 0;
  for (const baselines::Score& score : scores.scores) {
    if (score.name != "spatial_overlap" || score.source < 0) continue;
    double over = score.value;
    if (pca)
      for (const baselines::Score& plain : pca->scores)
        if (plain.name == score.name && plain.source == score.source) over -= plain.value;
    if (worst < 0 || over < least) worst = score.source, least = over;
  }
  return worst;
}

}  // namespace

std::vector<Check> gate_checks(const stats::AlignmentGates& gates, const Names& names) {
  if (gates.pairs.empty()) return {not_judged("gates/pairs", "gate", "Pairs of sources", kNoPair)};
  std::int64_t cells = 0;
  int leaks = 0;
  const PairGate* leak = nullptr;
  for (const PairGate& pair : gates.pairs) {
    cells = std::max(cells, pair.n_a + pair.n_b);
    if (pair.below_chance) leak = &pair, ++leaks;
  }
  const auto all = static_cast<int>(gates.pairs.size());
  Check pairs{"gates/pairs", "gate", "Pairs of sources", static_cast<double>(gates.passed()), {}, {}, static_cast<double>(all),
              "every pair: means within 0.36 deviations and what sampling shows, AUC interval reaching 0.5 ± 0.10 over all pairs together", gates.passed() == all, cells};
  pairs.worst = named(names, {gates.worst()->a, gates.worst()->b});
  pairs.counts = true;
  Check below{"gates/leak", "gate", "Pairs below chance", static_cast<double>(leaks), {}, {}, 0.0,
              "none: below chance, statistics of held-out cells have leaked into training", leaks == 0, cells};
  if (leak) below.worst = named(names, {leak->a, leak->b});
  return {std::move(pairs), distance_check(gates, names), classifier_check(gates, names), std::move(below)};
}

std::vector<Check> score_checks(const baselines::AlignmentScores& scores, const baselines::AlignmentGuards& guards, const Names& names, const baselines::AlignmentScores* pca) {
  std::vector<Check> checks;
  if (const baselines::Score* auc = scores.find("probe_auc"))
    checks.push_back({"gates/domains", "gate", "Spots against cells, AUC", auc->value, auc->low, auc->high, 0.5 + stats::kAucMargin, "interval reaches 0.5 ± 0.10",
                      !stats::told_apart({auc->value, auc->low.value_or(auc->value), auc->high.value_or(auc->value)}), auc->n});
  add_mixing(scores, names, pca, checks);
  for (const baselines::Guard& guard : guards.judged) {
    checks.push_back({"guards/" + guard.name, "guard", guard.title, guard.value, guard.low, guard.high, guard.bound, guard.rule, guard.holds, guard.n});
    if (guard.name == "space") checks.back().worst = named(names, {worst_slide(scores, pca)});
  }
  for (const baselines::Guard& guard : guards.missing)
    checks.push_back({"guards/" + guard.name, "guard", guard.title, std::nan(""), {}, {}, {}, "these data do not have what it needs", {}, 0});
  return checks;
}

std::vector<Check> alignment_checks(const stats::AlignmentGates& gates, const baselines::AlignmentScores& scores, const baselines::AlignmentGuards& guards, const Names& names,
                                    const baselines::AlignmentScores* pca) {
  std::vector<Check> checks = gate_checks(gates, names);
  for (Check& check : score_checks(scores, guards, names, pca)) checks.push_back(std::move(check));
  return checks;
}

}  // namespace geocyte::analysis
