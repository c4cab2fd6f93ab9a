// SPDX-License-Identifier: GPL-3.0-or-later
// Rows that a user named and kept: selections/<name>.json of a run, {"format": 1, "axis", "name", "reason", "created", "ids"}.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "engine/store/contract/axis.h"

namespace geocyte::store {

struct KeptSelection {
  std::string name, axis;
  std::vector<std::int32_t> codes;             ///< one a row of the axis: 0 = in it, -1 = not
};

/// All of a run, by name. Links are not followed; a damaged file, an unknown axis and unknown ids are passed over.
std::vector<KeptSelection> read_selections(const std::filesystem::path& run, const std::vector<Axis>& axes);

}  // namespace geocyte::store
