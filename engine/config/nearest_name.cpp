// SPDX-License-Identifier: GPL-3.0-or-later
// Optimal string alignment (restricted Damerau-Levenshtein): insertions, deletions, substitutions and swaps of
// neighbours cost one each. Reference: Boytsov 2011, doi:10.1145/1963190.1963191, section 2.
#include <algorithm>
#include <vector>

#include "engine/config/schema.h"
#include "engine/core/text.h"

namespace geocyte::config {
namespace {

constexpr std::size_t kLongestName = 200;  // the cost is the product of both lengths

std::size_t edit_distance(const std::string& a, const std::string& b) {
  std::vector<std::size_t> before(b.size() + 1), last(b.size() + 1), now(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) last[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    now[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t substitution = last[j - 1] + (a[i - 1] != b[j - 1]);
      now[j] = std::min({last[j] + 1, now[j - 1] + 1, substitution});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) now[j] = std::min(now[j], before[j - 2] + 1);
    }
    std::swap(before, last);
    std::swap(last, now);
  }
  return last[b.size()];
}

std::string last_part(const std::string& name) { return name.substr(name.rfind('.') + 1); }

}  // namespace

std::string nearest_name(const std::string& name, const std::vector<std::string>& candidates) {
  if (name.empty() || name.size() > kLongestName) return {};
  const std::string wanted = lower_case(name);
  std::string best;
  // A third of the letters may differ; beyond that a proposal would only confuse.
  std::size_t best_distance = std::max<std::size_t>(1, wanted.size() / 3) + 1;
  for (const auto& candidate : candidates) {
    if (candidate.size() > kLongestName) continue;
    const std::size_t distance = edit_distance(wanted, lower_case(candidate));
    if (distance < best_distance) {
      best_distance = distance;
      best = candidate;
    }
  }
  if (!best.empty()) return best;
  // "learning_rate.lr" or "lr" for "optimizer.lr": the right leaf in the wrong place, if only one has it.
  for (const auto& candidate : candidates) {
    if (lower_case(last_part(candidate)) != last_part(wanted)) continue;
    if (!best.empty()) return {};
    best = candidate;
  }
  return best;
}

}  // namespace geocyte::config
