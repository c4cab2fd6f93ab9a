// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/analysis/gate_verdict.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace geocyte::analysis {
namespace {

const char* const kHowItIsFound =
    "For every pair of sources, on held-out cells: the squared distance of means in within-source standard deviations, what "
    "sampling adds taken off, must stay below 0.36 squared and what a split of one source into as many cells shows; and a fresh "
    "classifier must not tell the two apart with an AUC outside 0.5 ± 0.10, over all pairs together. Both do not depend on the scale of the "
    "embedding. Means that agree are not enough: per-source centring passes the first and fails the second. Gates do not see what a mixture was bought with: the guards at the end of the run do.";

std::string pair_text(const stats::PairGate& pair, const std::vector<std::string>& names) {
  std::string text = fmt::format("{} and {}: squared distance at most {:.2f} ({:.2f} allowed)", names[static_cast<std::size_t>(pair.a)],
                                 names[static_cast<std::size_t>(pair.b)], pair.bound, pair.allowed);
  if (pair.classified) text += fmt::format(", AUC {:.2f} [{:.2f}, {:.2f}]", pair.auc.value, pair.auc.low, pair.auc.high);
  return text + fmt::format("; n = {} and {} held-out cells", pair.n_a, pair.n_b);
}

/// Whether a distance of twice the goal would pass in some pair.
bool coarse(const stats::AlignmentGates& gates) {
  constexpr double kCoarse = 0.72;
  return std::any_of(gates.pairs.begin(), gates.pairs.end(), [](const stats::PairGate& pair) { return pair.allowed > kCoarse * kCoarse; });
}

/// What the gates cannot see for want of cells: of the pair with the widest distance gate.
std::string reach_text(const stats::AlignmentGates& gates, const std::vector<std::string>& names) {
  const auto few = std::max_element(gates.pairs.begin(), gates.pairs.end(),
                                    [](const stats::PairGate& a, const stats::PairGate& b) { return a.allowed < b.allowed; });
  std::string text = fmt::format(" With {} and {} held-out cells ({} and {}) means up to {:.2f} deviations apart would pass", few->n_a, few->n_b,
                                 names[static_cast<std::size_t>(few->a)], names[static_cast<std::size_t>(few->b)], std::sqrt(few->allowed));
  if (few->classified)   // fails when the whole interval lies outside
    text += fmt::format(", and an AUC up to about {:.2f}", std::min(1.0, 0.6 + std::max(0.0, few->auc.value - few->auc.low)));
  return text + "; more cells narrow that to 0.36 and 0.60.";
}

}  // namespace

store::Verdict gate_verdict(const stats::AlignmentGates& gates, const std::vector<std::string>& names) {
  store::Verdict verdict;
  verdict.id = "align/gates";
  verdict.workspace = "align";
  verdict.why = kHowItIsFound;
  const stats::PairGate* worst = gates.worst();
  if (worst == nullptr) {
    verdict.state = "neutral";
    verdict.headline = "No pair of sources can be judged.";
    verdict.evidence = "Each of the two needs 10 training and 10 held-out cells.";
    return verdict;
  }
  const int passed = gates.passed(), all = static_cast<int>(gates.pairs.size());
  verdict.headline = fmt::format("{} of {} pairs of sources pass the gates{}.", passed, all, coarse(gates) ? ", which are wide for so few cells" : "");
  verdict.evidence = fmt::format("{} {}.", passed == all ? "Nearest to failing:" : "Worst:", pair_text(*worst, names)) + reach_text(gates, names);
  verdict.state = passed == all ? "good" : passed == 0 ? "bad" : "warn";
  if (gates.leak()) {
    for (const stats::PairGate& pair : gates.pairs)
      if (pair.below_chance) worst = &pair;
    verdict.state = "bad";
    verdict.headline = "A classifier is below chance: statistics of held-out cells have leaked into training.";
    verdict.evidence = fmt::format("{}. {} of {} pairs pass the gates, which means nothing then.", pair_text(*worst, names), passed, all);
  }
  return verdict;
}

}  // namespace geocyte::analysis
