// SPDX-License-Identifier: GPL-3.0-or-later
// What `apply` made, small enough for a picture of it: places, or the first two principal components of an embedding, of cells spread evenly over the file.
//
// {"cells": all, "shown": k, "points": [x0, y0(, z0), x1, …], "dimensions": 2 or 3, "places": true | false, "method": "PCA of 64 dimensions, 41 % of their variance" or "places, " and their unit,
//  "labels": [{"name", "categories", "codes": k, -1 = missing}], "numbers": [{"name", "values": k, null = unknown}]}
#pragma once

#include <cstdint>

#include "engine/core/json.h"
#include "engine/data/dataset.h"

namespace geocyte::app {

/// Of obsm `key` of `table` (n, d), at most `most` rows; `places`: two or three columns that are drawn as they are. Labels: obs columns of 2 to 60 categories, at most twelve.
/// Rows that are not finite are left out of the principal components and null in points.
Json sketch_of(const data::Dataset& table, const std::string& key, bool places, std::int64_t most);

}  // namespace geocyte::app
