// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/base/rounded_axis.h"

#include <cmath>
#include <initializer_list>
#include <limits>

namespace geocyte::widgets {

RoundedAxis roundedAxis(double low, double high) {
  const double power = std::pow(10.0, std::floor(std::log10((high - low) / 4)));
  RoundedAxis best{low, high, high - low};
  double least = std::numeric_limits<double>::infinity();
  for (const double factor : {1.0, 2.5, 2.0, 5.0, 10.0, 7.5, 15.0, 20.0}) {
    const double step = factor * power;
    const double bottom = std::floor(low / step + 1e-6) * step, top = std::ceil(high / step - 1e-6) * step;
    const long count = std::lround((top - bottom) / step);
    if (count < 3 || count > 5 || top - bottom >= least * (1 - 1e-9)) continue;
    least = top - bottom;
    best = {bottom, top, step};
  }
  return best;
}

}  // namespace geocyte::widgets
