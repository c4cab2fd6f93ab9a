// SPDX-License-Identifier: GPL-3.0-or-later
// What a matrix of distances between sources says: is one source the odd one out, or are two groups apart?
//
//   score(s) = median over t of D(s, t)  /  median over pairs without s of D
//   s is an outlier when score(s) >= 2 and its nearest source is still 1.5 times that second median away
//   gap(group) = median D across groups / median D within groups
//
// Medians, so that one outlier does not make its neighbours look bad: a pair with the outlier in it says nothing about
// the other source of the pair. All rules are ratios: D -> c D changes nothing.
#pragma once

#include <Eigen/Core>
#include <cstdint>
#include <span>
#include <vector>

namespace geocyte::stats {

struct OutlierRule {
  double median_ratio = 2.0;
  double nearest_ratio = 1.5;
};

struct SourceDiagnosis {
  std::vector<int> outliers;            ///< by falling score
  std::vector<double> score;            ///< one a source; NaN where fewer than three sources have distances
  double median_without = 0;            ///< median distance of the pairs without outliers
  std::vector<double> nearest, farthest;///< of each source, over all others
};

/// `distance` is square and symmetric; NaN rows (sources without cells) are left out. Throws Error{internal} otherwise.
SourceDiagnosis diagnose_sources(const Eigen::MatrixXd& distance, const OutlierRule& rule = {});

/// Pairs with distance below `gate`, of all pairs that have one.
struct GateCount { int below = 0, pairs = 0; };
GateCount count_below(const Eigen::MatrixXd& distance, double gate);

/// Ratio of the median distance across groups to that within groups, over the sources not in `without`. NaN when there
/// is no pair of one of the two kinds. `group[s]` = -1 leaves a source out.
double group_gap(const Eigen::MatrixXd& distance, std::span<const std::int32_t> group, std::span<const int> without = {});

}  // namespace geocyte::stats
