// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/config/scores.h"

#include <algorithm>
#include <string_view>

namespace geocyte::config {
namespace {

bool fits(std::string_view path, std::string_view metric) {
  if (path.starts_with('*')) return metric.size() > path.size() - 1 && metric.ends_with(path.substr(1));
  if (path.ends_with('*')) return metric.size() > path.size() - 1 && metric.starts_with(path.substr(0, path.size() - 1));
  return path == metric;
}

}  // namespace

const ScoreSpec* find_score(const std::vector<ScoreSpec>& scores, const std::string& metric) {
  const auto found = std::find_if(scores.begin(), scores.end(), [&](const ScoreSpec& score) { return fits(score.path, metric); });
  return found == scores.end() ? nullptr : &*found;
}

std::vector<std::string> telling_first(const std::vector<ScoreSpec>& scores, std::vector<std::string> metrics) {
  const auto rank = [&](const std::string& metric) {
    const ScoreSpec* score = find_score(scores, metric);
    return score ? score - scores.data() : static_cast<std::ptrdiff_t>(scores.size());
  };
  std::stable_sort(metrics.begin(), metrics.end(), [&](const std::string& a, const std::string& b) { return rank(a) < rank(b); });
  return metrics;
}

}  // namespace geocyte::config
