// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/stats/auc.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

#include "engine/core/check.h"

namespace geocyte::stats {
namespace {

constexpr double kNormal975 = 1.959963984540054;

std::vector<double> midranks(const std::vector<double>& values) {
  std::vector<std::size_t> order(values.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return values[a] < values[b]; });
  std::vector<double> ranks(values.size());
  for (std::size_t first = 0; first < order.size();) {
    std::size_t last = first;
    while (last < order.size() && values[order[last]] == values[order[first]]) ++last;
    for (std::size_t i = first; i < last; ++i) ranks[order[i]] = (static_cast<double>(first + last) + 1) / 2;
    first = last;
  }
  return ranks;
}

double variance_of(const std::vector<double>& values, double mean) {
  if (values.size() < 2) return 0;
  double sum = 0;
  for (const double value : values) sum += (value - mean) * (value - mean);
  return sum / static_cast<double>(values.size() - 1);
}

void set_interval(Auc& result, double variance) {
  const double smaller = static_cast<double>(std::min(result.positives, result.negatives));
  const double rule_of_three = std::min(1.0, 3 / smaller);
  if (result.value >= 1) {
    result.low = 1 - rule_of_three;
    result.high = 1;
  } else if (result.value <= 0) {
    result.low = 0;
    result.high = rule_of_three;
  } else {
    const double logit = std::log(result.value / (1 - result.value));
    const double half = kNormal975 * std::sqrt(variance) / (result.value * (1 - result.value));
    result.low = 1 / (1 + std::exp(-(logit - half)));
    result.high = 1 / (1 + std::exp(-(logit + half)));
  }
}

}  // namespace

Auc auc(std::span<const double> score, std::span<const std::uint8_t> positive) {
  require(score.size() == positive.size(), "one label a score");
  std::vector<double> all, positives, negatives;
  for (std::size_t i = 0; i < score.size(); ++i) {
    if (std::isnan(score[i])) throw Error(ErrorCode::bad_data, "a classifier score is not a number");
    (positive[i] ? positives : negatives).push_back(score[i]);
  }
  if (positives.empty() || negatives.empty()) throw Error(ErrorCode::bad_data, "an AUC needs cells of both classes");
  all = positives;
  all.insert(all.end(), negatives.begin(), negatives.end());

  const auto n1 = static_cast<double>(positives.size()), n0 = static_cast<double>(negatives.size());
  const auto ranks = midranks(all), ranks1 = midranks(positives), ranks0 = midranks(negatives);
  // Placement of a positive: share of negatives below it; of a negative: share of positives above it.
  std::vector<double> v10(positives.size()), v01(negatives.size());
  double sum = 0;
  for (std::size_t i = 0; i < v10.size(); ++i) sum += v10[i] = (ranks[i] - ranks1[i]) / n0;
  for (std::size_t j = 0; j < v01.size(); ++j) v01[j] = 1 - (ranks[v10.size() + j] - ranks0[j]) / n1;

  Auc result;
  result.value = sum / n1;
  result.positives = static_cast<std::int64_t>(positives.size());
  result.negatives = static_cast<std::int64_t>(negatives.size());
  set_interval(result, variance_of(v10, result.value) / n1 + variance_of(v01, result.value) / n0);
  return result;
}

}  // namespace geocyte::stats
