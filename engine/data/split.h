// SPDX-License-Identifier: GPL-3.0-or-later
// Held-out cells. A split is drawn once from its own random stream, stratified by source, or by whole sources.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/core/rng.h"

namespace geocyte::data {

struct Split {
  std::vector<std::int64_t> train, held_out;   ///< rows of the concatenated cell axis, ascending
  std::string method;                          ///< "20 % of each source, seed 7"
};

/// Keeps round(fraction * n) cells of every source out (at least 1 when the source has >= 5 cells and fraction > 0).
/// `source_of_cell` has one source index a cell. Sources in `whole` are held out with all their cells; the others split as
/// they would without that.
Split split_by_source(const std::vector<std::int32_t>& source_of_cell, int n_sources, double held_out_fraction, Rng& rng,
                      const std::vector<int>& whole = {});

}  // namespace geocyte::data
