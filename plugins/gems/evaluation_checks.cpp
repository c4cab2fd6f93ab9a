// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugins/gems/evaluation_checks.h"

#include <algorithm>
#include <cmath>

namespace geocyte::plugins::gems {

std::vector<train::Check> alignment_checks(const stats::AlignmentGates& gates, const baselines::AlignmentScores& scores, const baselines::AlignmentGuards& guards) {
  std::vector<train::Check> checks;
  const auto pairs = static_cast<std::int64_t>(gates.pairs.size());
  std::int64_t cells = 0;
  for (const stats::PairGate& pair : gates.pairs) cells = std::max(cells, pair.n_a + pair.n_b);
  if (pairs == 0) {
    checks.push_back({"gates/pairs", "gate", "Pairs of sources", std::nan(""), {}, {}, {}, "no pair can be judged: each of the two needs 10 training and 10 held-out cells", {}, 0});
  } else {
    const int leaks = static_cast<int>(std::count_if(gates.pairs.begin(), gates.pairs.end(), [](const stats::PairGate& pair) { return pair.below_chance; }));
    checks.push_back({"gates/pairs", "gate", "Pairs of sources", static_cast<double>(gates.passed()), {}, {}, static_cast<double>(pairs),
                      "every pair: means within .36 deviations and what sampling shows, AUC interval reaching .5 ± .10 over all pairs together", gates.passed() == pairs, cells});
    checks.push_back({"gates/leak", "gate", "Pairs below chance", static_cast<double>(leaks), {}, {}, 0.0, "none: below chance, statistics of held-out cells have leaked into training", leaks == 0, cells});
  }
  if (const baselines::Score* auc = scores.find("probe_auc"))
    checks.push_back({"gates/domains", "gate", "Spots against cells, AUC", auc->value, auc->low, auc->high, 0.5 + stats::kAucMargin, "interval reaches .5 ± .10",
                      !stats::told_apart({auc->value, auc->low.value_or(auc->value), auc->high.value_or(auc->value)}), auc->n});
  for (const baselines::Guard& guard : guards.judged)
    checks.push_back({"guards/" + guard.name, "guard", guard.title, guard.value, guard.low, guard.high, guard.bound, guard.rule, guard.holds, guard.n});
  for (const baselines::Guard& guard : guards.missing)
    checks.push_back({"guards/" + guard.name, "guard", guard.title, std::nan(""), {}, {}, {}, "these data do not have what it needs", {}, 0});
  return checks;
}

}  // namespace geocyte::plugins::gems
