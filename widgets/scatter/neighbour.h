// SPDX-License-Identifier: GPL-3.0-or-later
// The nearest row of another category: who would an aligned cell be confused with?
#pragma once

#include <cstdint>
#include <vector>

#include "widgets/base/array_map.h"

namespace geocyte::widgets::scatter {

struct Neighbour {
  std::int64_t row = -1;                ///< -1 = there is none
  double distance = 0;                  ///< Euclidean, in the columns of the array
};

/// Among the rows whose category is known and another one than that of `row`. One pass over the array: O(n d).
Neighbour nearestOther(const ArrayView& space, const std::vector<std::int32_t>& category, std::int64_t row);

}  // namespace geocyte::widgets::scatter
