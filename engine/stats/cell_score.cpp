// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/stats/cell_score.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "engine/core/check.h"
#include "engine/core/rng.h"

namespace geocyte::stats {
namespace {

double ratio(double a, double b) { return b != 0 ? a / b : 0; }

/// Percentile interval of a function of the counts of a draw.
template <class Statistic>
CellInterval bootstrap(std::int64_t cells, double value, const CellBootstrap& options, const Statistic& statistic) {
  require(options.draws >= 1 && options.level > 0 && options.level < 1, "a bootstrap has at least one draw and a level between 0 and 1");
  if (cells == 0) return {value, value, value};
  Rng rng(options.seed);
  std::vector<double> values;
  Eigen::VectorXd count(cells);
  for (int draw = 0; draw < options.draws; ++draw) {
    count.setZero();
    for (std::int64_t i = 0; i < cells; ++i) count[static_cast<Eigen::Index>(rng.below(static_cast<std::uint64_t>(cells)))] += 1;
    values.push_back(statistic(count));
  }
  std::sort(values.begin(), values.end());
  const auto at = [&values](double share) { return values[static_cast<std::size_t>(std::lround(share * static_cast<double>(values.size() - 1)))]; };
  return {value, at(0.5 - options.level / 2), at(0.5 + options.level / 2)};
}

}  // namespace

double CellScore::value() const { return ratio(numerator.sum(), denominator.sum()); }

CellInterval interval_of(const CellScore& score, const CellBootstrap& options) {
  return bootstrap(score.cells(), score.value(), options,
                   [&score](const Eigen::VectorXd& count) { return ratio(score.numerator.dot(count), score.denominator.dot(count)); });
}

CellInterval paired_difference(const CellScore& a, const CellScore& b, const CellBootstrap& options) {
  require(a.cells() == b.cells(), "a paired difference is of the same cells");
  return bootstrap(a.cells(), a.value() - b.value(), options, [&](const Eigen::VectorXd& count) {
    return ratio(a.numerator.dot(count), a.denominator.dot(count)) - ratio(b.numerator.dot(count), b.denominator.dot(count));
  });
}

}  // namespace geocyte::stats
