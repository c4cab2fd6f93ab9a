// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/jobs/paired_interval.h"

#include <cmath>

#include "engine/core/check.h"

namespace geocyte::jobs {
namespace {

/// Continued fraction of the incomplete beta function (A&S 26.5.8), evaluated by Lentz's method.
double beta_fraction(double a, double b, double x) {
  constexpr double kTiny = 1e-300, kEnough = 1e-15;
  constexpr int kMost = 500;
  const auto guard = [](double value) { return std::abs(value) < kTiny ? kTiny : value; };
  double c = 1, d = 1 / guard(1 - (a + b) * x / (a + 1)), result = d;
  for (int m = 1; m <= kMost; ++m) {
    const double even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / guard(1 + even * d);
    c = guard(1 + even / c);
    result *= c * d;
    const double odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / guard(1 + odd * d);
    c = guard(1 + odd / c);
    result *= c * d;
    if (std::abs(c * d - 1) < kEnough) break;
  }
  return result;
}

/// I_x(a, b)
double regularised_beta(double a, double b, double x) {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  const double front = std::exp(std::lgamma(a + b) - std::lgamma(a) - std::lgamma(b) + a * std::log(x) + b * std::log1p(-x));
  // The fraction converges fast below the mean; above it the symmetry I_x(a,b) = 1 - I_{1-x}(b,a) serves.
  return x < (a + 1) / (a + b + 2) ? front * beta_fraction(a, b, x) / a : 1 - front * beta_fraction(b, a, 1 - x) / b;
}

}  // namespace

double student_probability(double t, int degrees) {
  require(degrees >= 1, "Student's distribution has at least one degree of freedom");
  const double tail = 0.5 * regularised_beta(0.5 * degrees, 0.5, degrees / (degrees + t * t));
  return t > 0 ? 1 - tail : tail;
}

double student_quantile(double p, int degrees) {
  require(p > 0 && p < 1, "a probability lies between 0 and 1");
  if (p == 0.5) return 0;
  if (p < 0.5) return -student_quantile(1 - p, degrees);
  double low = 0, high = 1;
  while (student_probability(high, degrees) < p) high *= 2;
  for (int i = 0; i < 200 && high - low > 1e-12 * high; ++i) {
    const double middle = 0.5 * (low + high);
    (student_probability(middle, degrees) < p ? low : high) = middle;
  }
  return 0.5 * (low + high);
}

MeanOfSeeds mean_of(const ValuesBySeed& values) {
  MeanOfSeeds found;
  double sum = 0, squares = 0;
  for (const auto& [seed, value] : values)
    if (std::isfinite(value)) sum += value, ++found.n;
  if (found.n == 0) return found;
  found.mean = sum / found.n;
  for (const auto& [seed, value] : values)
    if (std::isfinite(value)) squares += (value - found.mean) * (value - found.mean);
  if (found.n >= 2) found.sd = std::sqrt(squares / (found.n - 1));
  return found;
}

std::optional<PairedDifference> paired_difference(const ValuesBySeed& a, const ValuesBySeed& b) {
  ValuesBySeed differences;
  for (const auto& [seed, value] : a)
    if (const auto other = b.find(seed); other != b.end()) differences[seed] = value - other->second;
  const MeanOfSeeds found = mean_of(differences);
  if (found.n == 0) return std::nullopt;
  PairedDifference difference{found.n, found.mean, std::nullopt, std::nullopt};
  if (found.sd) {
    const double reach = student_quantile(0.975, found.n - 1) * *found.sd / std::sqrt(static_cast<double>(found.n));
    difference.low = found.mean - reach;
    difference.high = found.mean + reach;
  }
  return difference;
}

}  // namespace geocyte::jobs
