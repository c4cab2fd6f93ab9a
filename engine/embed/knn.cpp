// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/embed/knn.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "engine/core/error.h"

namespace geocyte::embed {

void require_finite(const kernels::Points& points, const char* what) {
  for (std::int64_t i = 0; i < points.rows; ++i)
    for (std::int64_t d = 0; d < points.dims; ++d)
      if (!std::isfinite(points.row(i)[d]))
        throw Error(ErrorCode::bad_data, fmt::format("{}: row {} has a value that is not finite", what, i + 1));
}

kernels::KnnGraph neighbour_graph(const kernels::Points& points, kernels::KnnOptions options) {
  if (points.rows < 2 || points.dims < 1)
    throw Error(ErrorCode::bad_data,
                fmt::format("neighbours need at least two points with coordinates, but there are {} x {}", points.rows,
                            points.dims));
  require_finite(points, "neighbours");
  options.k = static_cast<int>(std::min<std::int64_t>(options.k, points.rows - 1));
  return kernels::exact_knn(points, options);
}

}  // namespace geocyte::embed
