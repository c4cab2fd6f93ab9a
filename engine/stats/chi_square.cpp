// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/stats/chi_square.h"

#include <cmath>

#include "engine/core/check.h"

namespace geocyte::stats {
namespace {

constexpr int kMostTerms = 10000;
constexpr double kPrecision = 1e-15, kTiny = 1e-300;

/// P(a, x): x^a e^-x / Gamma(a) times 1/a + x/(a(a+1)) + …
double lower_series(double a, double x) {
  double term = 1 / a, sum = term;
  for (int n = 1; n < kMostTerms && term > kPrecision * sum; ++n) sum += term *= x / (a + n);
  return sum * std::exp(a * std::log(x) - x - std::lgamma(a));
}

/// Q(a, x) = x^a e^-x / Gamma(a) / (x + 1 - a - 1(1-a)/(x + 3 - a - …)).
double upper_fraction(double a, double x) {
  double b = x + 1 - a, c = 1 / kTiny, d = 1 / b, fraction = d;
  for (int n = 1; n < kMostTerms; ++n) {
    const double numerator = -n * (n - a);
    b += 2;
    d = numerator * d + b;
    c = b + numerator / c;
    d = 1 / (std::abs(d) < kTiny ? kTiny : d);
    if (std::abs(c) < kTiny) c = kTiny;
    const double factor = c * d;
    fraction *= factor;
    if (std::abs(factor - 1) < kPrecision) break;
  }
  return fraction * std::exp(a * std::log(x) - x - std::lgamma(a));
}

}  // namespace

double chi_square_upper_tail(double x, double degrees) {
  require(x >= 0 && degrees > 0, "a chi-square value is not negative and has degrees of freedom");
  const double a = degrees / 2, half = x / 2;
  if (half == 0) return 1;
  return half < a + 1 ? 1 - lower_series(a, half) : upper_fraction(a, half);
}

}  // namespace geocyte::stats
