// SPDX-License-Identifier: GPL-3.0-or-later
// The k-nearest-neighbour graph that layouts are made of: kernels::exact_knn with its input checked.
#pragma once

#include "engine/kernels/knn.h"

namespace geocyte::embed {

/// Throws Error{bad_data} when there are fewer than two points or a coordinate is not finite (it names the first such
/// row). `k` is lowered to rows - 1 where there are too few points.
kernels::KnnGraph neighbour_graph(const kernels::Points& points, kernels::KnnOptions options);

/// Throws Error{bad_data} naming the first row with a value that is not finite.
void require_finite(const kernels::Points& points, const char* what);

}  // namespace geocyte::embed
