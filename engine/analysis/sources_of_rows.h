// SPDX-License-Identifier: GPL-3.0-or-later
// Which source each point of a snapshot is from, in the order in which sources are shown; and which cells are judged.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/analysis/snapshot_rows.h"
#include "engine/store/contract/axis.h"

namespace geocyte::analysis {

/// Sources in the order of the axis that is called like the label, or of the label's categories where there is none.
struct SourcesOfRows {
  std::vector<std::string> names;
  std::vector<std::int32_t> codes;  ///< of each point, -1 = none
};

/// Throws Error{bad_data} when the axis lacks one of the categories.
SourcesOfRows sources_of_rows(const RowLabels& labels, const store::Axis* axis);

/// The most frequent group of each of `count` sources; -1 where no cell has one.
std::vector<std::int32_t> group_of_sources(const std::vector<std::int32_t>& sources, std::size_t count, const RowLabels& groups);

/// Positions of the points by the label "split"; both empty when there is none or nothing is held out.
struct SplitOfRows {
  std::vector<std::int64_t> train, held_out;
};
SplitOfRows split_of_rows(const RowsOfSnapshot& rows, const std::vector<store::Axis>& axes);

}  // namespace geocyte::analysis
