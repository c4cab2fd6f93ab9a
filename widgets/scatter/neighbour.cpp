// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/scatter/neighbour.h"

#include <cmath>
#include <limits>

namespace geocyte::widgets::scatter {

Neighbour nearestOther(const ArrayView& space, const std::vector<std::int32_t>& category, std::int64_t row) {
  Neighbour best;
  if (space.shape.size() != 2 || space.isEmpty() || static_cast<std::int64_t>(category.size()) != space.shape[0] || row < 0 || row >= space.shape[0]) return best;
  const std::int64_t rows = space.shape[0], columns = space.shape[1];
  const std::int32_t own = category[static_cast<std::size_t>(row)];
  double least = std::numeric_limits<double>::infinity();
  std::vector<double> here;
  for (std::int64_t c = 0; c < columns; ++c) here.push_back(space.at(row * columns + c));
  for (std::int64_t i = 0; i < rows; ++i) {
    const std::int32_t other = category[static_cast<std::size_t>(i)];
    if (other < 0 || other == own) continue;
    double sum = 0;
    for (std::int64_t c = 0; c < columns && sum < least; ++c) {
      const double d = space.at(i * columns + c) - here[static_cast<std::size_t>(c)];
      sum += d * d;
    }
    if (sum < least) least = sum, best.row = i;      // NaN compares false: such rows are nobody's neighbours
  }
  if (best.row >= 0) best.distance = std::sqrt(least);
  return best;
}

}  // namespace geocyte::widgets::scatter
