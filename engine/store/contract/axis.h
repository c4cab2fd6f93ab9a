// SPDX-License-Identifier: GPL-3.0-or-later
// An axis: what the rows of arrays are (cells, genes, sources …), written once at the start of a run.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/core/named_array.h"

namespace geocyte::store {

/// A categorical property of the rows of an axis ("source", "cell_type").
struct AxisLabels {
  std::string name;
  std::vector<std::int32_t> codes;             ///< -1 = missing
  std::vector<std::string> categories;
};

struct Axis {
  std::string name;                            ///< "cell"
  std::vector<std::string> ids;                ///< unique row names
  std::vector<AxisLabels> labels;
  std::vector<NamedArray> arrays;              ///< "coordinates" (cell, xy), "held_out" (cell)
  std::int64_t size() const { return static_cast<std::int64_t>(ids.size()); }
};

}  // namespace geocyte::store
