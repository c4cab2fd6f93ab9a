// SPDX-License-Identifier: GPL-3.0-or-later
// One softmin with its maximum taken out, in double, from the points themselves; for the few that sums of exponentials in
// single precision cannot hold. Private to engine/kernels.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

#include "engine/kernels/pair_tile.h"

namespace geocyte::kernels {

/// -eps log 1/m sum_j exp((h_j - C_ij) / eps) over the m points of `across`; h holds eps log(m weight) as well.
template <class T>
double guarded_softmin(const PackedPoints<T>& points, std::int64_t i, const PackedPoints<T>& across, const T* h, double log_rows, double eps,
                       bool root) {
  const T* x = points.row(i);
  std::vector<double> exponent(across.rows);
  double highest = -std::numeric_limits<double>::infinity();
  for (std::int64_t j = 0; j < across.rows; ++j) {
    const T* y = across.row(j);
    double squared = 0;
    for (std::int64_t d = 0; d < points.dims; ++d) {
      const double off = static_cast<double>(x[d]) - static_cast<double>(y[d]);
      squared += off * off;
    }
    exponent[j] = (static_cast<double>(h[j]) - (root ? std::sqrt(squared) : squared / 2)) / eps;
    highest = std::max(highest, exponent[j]);
  }
  double sum = 0;
  for (const double e : exponent) sum += std::exp(e - highest);
  return -eps * (highest + std::log(sum) - log_rows);
}

}  // namespace geocyte::kernels
