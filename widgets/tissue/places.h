// SPDX-License-Identifier: GPL-3.0-or-later
// Places of cells in two or three dimensions, as a tissue view works with them: always three numbers, z = 0 in the plane, NaN where
// a place is not known.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "widgets/base/array_map.h"

namespace geocyte::widgets::tissue {

using Place = std::array<double, 3>;
using Places = std::vector<Place>;

bool isKnown(const Place& place);
double distance(const Place& a, const Place& b);

/// Whether an array holds places: (cells, 2 or 3), or with `samples` (samples, cells, 2 or 3), not empty.
bool holdsPlaces(const ArrayView* array, bool samples = false);
/// 2 or 3.
int dimensionsOf(const ArrayView& places);
/// Of an array for which holdsPlaces() is true. A place with one number missing is not known.
Places placesOf(const ArrayView& array);
/// Sample k of (samples, cells, 2 or 3).
Places sampleOf(const ArrayView& samples, std::int64_t k);

/// Mean of each cell over the samples that know it.
Places meanOf(const ArrayView& samples);
/// Root mean squared distance of a cell's samples from their mean (n - 1); NaN with fewer than two.
std::vector<double> spreadOf(const ArrayView& samples);

}  // namespace geocyte::widgets::tissue
