// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/stats/source_diagnosis.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "engine/core/check.h"
#include "engine/stats/source_distances.h"

namespace geocyte::stats {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

std::vector<double> distances_from(const Eigen::MatrixXd& distance, Eigen::Index source) {
  std::vector<double> values;
  for (Eigen::Index t = 0; t < distance.cols(); ++t)
    if (t != source && !std::isnan(distance(source, t))) values.push_back(distance(source, t));
  return values;
}

template <class Excluded>
std::vector<double> pairs_without(const Eigen::MatrixXd& distance, const Excluded& excluded) {
  std::vector<double> values;
  for (Eigen::Index a = 0; a < distance.rows(); ++a)
    for (Eigen::Index b = a + 1; b < distance.cols(); ++b)
      if (!excluded(a) && !excluded(b) && !std::isnan(distance(a, b))) values.push_back(distance(a, b));
  return values;
}

double ratio(double above, double below) {
  if (below > 0) return above / below;
  return above > 0 ? std::numeric_limits<double>::infinity() : 1;
}

void check_square(const Eigen::MatrixXd& distance) {
  require(distance.rows() == distance.cols(), "a matrix of distances is square");
  for (Eigen::Index a = 0; a < distance.rows(); ++a)
    for (Eigen::Index b = 0; b < a; ++b) {
      const bool both_nan = std::isnan(distance(a, b)) && std::isnan(distance(b, a));
      require(both_nan || (distance(a, b) == distance(b, a) && distance(a, b) >= 0),
              "distances are symmetric and not negative");
    }
}

}  // namespace

SourceDiagnosis diagnose_sources(const Eigen::MatrixXd& distance, const OutlierRule& rule) {
  check_square(distance);
  SourceDiagnosis found;
  for (Eigen::Index s = 0; s < distance.rows(); ++s) {
    const auto own = distances_from(distance, s);
    const auto rest = pairs_without(distance, [&](Eigen::Index t) { return t == s; });
    found.nearest.push_back(own.empty() ? kNan : *std::min_element(own.begin(), own.end()));
    found.farthest.push_back(own.empty() ? kNan : *std::max_element(own.begin(), own.end()));
    const double rest_median = median(rest);
    // With two sources no one can tell which of them is odd.
    const bool comparable = own.size() >= 2 && !rest.empty();
    found.score.push_back(comparable ? ratio(median(own), rest_median) : kNan);
    if (comparable && found.score.back() >= rule.median_ratio &&
        ratio(found.nearest.back(), rest_median) >= rule.nearest_ratio)
      found.outliers.push_back(static_cast<int>(s));
  }
  std::stable_sort(found.outliers.begin(), found.outliers.end(),
                   [&](int a, int b) { return found.score[a] > found.score[b]; });
  found.median_without = median(pairs_without(distance, [&](Eigen::Index t) {
    return std::find(found.outliers.begin(), found.outliers.end(), static_cast<int>(t)) != found.outliers.end();
  }));
  return found;
}

GateCount count_below(const Eigen::MatrixXd& distance, double gate) {
  const auto values = upper_triangle(distance);
  const auto below = std::count_if(values.begin(), values.end(), [&](double value) { return value < gate; });
  return {static_cast<int>(below), static_cast<int>(values.size())};
}

double group_gap(const Eigen::MatrixXd& distance, std::span<const std::int32_t> group, std::span<const int> without) {
  check_square(distance);
  require(static_cast<Eigen::Index>(group.size()) == distance.rows(), "one group a source");
  const auto left_out = [&](Eigen::Index s) {
    return group[s] < 0 || std::find(without.begin(), without.end(), static_cast<int>(s)) != without.end();
  };
  std::vector<double> across, within;
  for (Eigen::Index a = 0; a < distance.rows(); ++a)
    for (Eigen::Index b = a + 1; b < distance.cols(); ++b) {
      if (left_out(a) || left_out(b) || std::isnan(distance(a, b))) continue;
      (group[a] == group[b] ? within : across).push_back(distance(a, b));
    }
  if (across.empty() || within.empty()) return kNan;
  return ratio(median(across), median(within));
}

}  // namespace geocyte::stats
