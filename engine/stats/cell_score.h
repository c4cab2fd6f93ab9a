// SPDX-License-Identifier: GPL-3.0-or-later
// A score that is a ratio of sums over cells, kept cell by cell, and its uncertainty by resampling cells.
//
//   S = sum_i a_i / sum_i b_i;       bootstrap: the same over cells drawn with replacement (Efron 1979), percentile interval
//   difference of two predictions of the same cells: both over the same draw, so that what is hard for both cancels (paired)
//
// What a cell contributes stays as it was (its ranks are among all cells), only how often it counts is drawn.
#pragma once

#include <Eigen/Core>
#include <cstdint>

namespace geocyte::stats {

struct CellScore {
  Eigen::VectorXd numerator, denominator;
  /// 0 where the denominators are.
  double value() const;
  std::int64_t cells() const { return numerator.size(); }
};

struct CellInterval {
  double value = 0, low = 0, high = 0;
};

struct CellBootstrap {
  int draws = 1000;
  double level = 0.90;
  std::uint64_t seed = 0;
};

CellInterval interval_of(const CellScore& score, const CellBootstrap& options = {});

/// a - b. Throws Error{internal} when the two are not of the same cells.
CellInterval paired_difference(const CellScore& a, const CellScore& b, const CellBootstrap& options = {});

}  // namespace geocyte::stats
