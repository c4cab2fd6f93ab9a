// SPDX-License-Identifier: GPL-3.0-or-later
// Means over seeds, and differences to a baseline that ran with the same seeds.
//
//   d_i = a_i - b_i over the n seeds that both have,   mean(d) +- t_{.975, n-1} sd(d) / sqrt n      (paired t interval, 95 %)
//
// Pairing takes out what a seed does to both (split, initial weights). It assumes roughly normal differences; with few seeds no
// resampling interval would be better founded (the bootstrap of three values has ten different means).
// t quantile: Student's distribution through the regularised incomplete beta function (Abramowitz & Stegun 26.5.8, 26.7.1),
// inverted by bisection; relative error below 1e-9.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

namespace geocyte::jobs {

/// By seed.
using ValuesBySeed = std::map<std::uint64_t, double>;

struct MeanOfSeeds {
  int n = 0;
  double mean = 0;
  std::optional<double> sd;              ///< unbiased; from two values on
};
/// Values that are not finite are left out.
MeanOfSeeds mean_of(const ValuesBySeed& values);

struct PairedDifference {
  int n = 0;                             ///< seeds that both have
  double mean = 0;
  std::optional<double> low, high;       ///< from two seeds on
};
/// a - b. Nothing without a common seed.
std::optional<PairedDifference> paired_difference(const ValuesBySeed& a, const ValuesBySeed& b);

/// P(T <= t) and its inverse for p in (0, 1); degrees of freedom >= 1, else Error{internal}.
double student_probability(double t, int degrees);
double student_quantile(double p, int degrees);

}  // namespace geocyte::jobs
