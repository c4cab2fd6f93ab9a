// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/stats/auc_gate.h"

#include <algorithm>
#include <cmath>

namespace geocyte::stats {
namespace {

constexpr double kOneSided = 0.025, kAlarm = 0.0025, kNormal975 = 1.959963984540054;

double logit(double value) { return std::log(value / (1 - value)); }
double upper_tail(double z) { return 0.5 * std::erfc(z / std::sqrt(2.0)); }

/// Chance of an AUC at least so far above (`sign` 1) or below (-1) the limit when the true one is there.
double p_beyond(const Auc& auc, double limit, int sign) {
  if (!(auc.low > 0 && auc.high < 1 && auc.high > auc.low)) {   // 0 or 1: the rule of three has said what can be said
    const bool beyond = sign > 0 ? auc.low > limit : auc.high < limit;
    return beyond ? 0 : 1;
  }
  const double deviation = (logit(auc.high) - logit(auc.low)) / (2 * kNormal975);
  return upper_tail(sign * (logit(auc.value) - logit(limit)) / deviation);
}

/// Which of the hypotheses fall, at `level` for all of them together (Holm 1979).
std::vector<bool> holm(const std::vector<double>& p, double level) {
  std::vector<std::size_t> order(p.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return p[a] < p[b]; });
  std::vector<bool> falls(p.size(), false);
  for (std::size_t rank = 0; rank < order.size(); ++rank) {
    if (p[order[rank]] > level / static_cast<double>(p.size() - rank)) break;
    falls[order[rank]] = true;
  }
  return falls;
}

}  // namespace

std::vector<bool> told_apart(std::span<const Auc> aucs, double margin) {
  std::vector<double> p;
  for (const Auc& auc : aucs) p.push_back(auc.value >= 0.5 ? p_beyond(auc, 0.5 + margin, 1) : p_beyond(auc, 0.5 - margin, -1));
  return holm(p, kOneSided);
}

bool told_apart(const Auc& auc, double margin) { return told_apart(std::span(&auc, 1), margin).front(); }

double p_below_chance(const Auc& auc) { return p_beyond(auc, 0.5, -1); }

std::vector<bool> below_chance(const std::vector<double>& p) { return holm(p, kAlarm); }

}  // namespace geocyte::stats
