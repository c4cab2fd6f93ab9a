// SPDX-License-Identifier: GPL-3.0-or-later
// The sentence on top of the Align workspace: which sources differ, by how much against their noise.
//
// In this order: collapsed (nothing varies, or participation ratio below 1.5 of at least 3 dimensions) -> no measurable
// gap (every pair within 1.5 times its sampling floor, raw and standardised) -> one outlier source -> two groups apart
// (across/within >= 1.5) -> some pairs differ. Ratios only: z -> c z changes no verdict.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/stats/collapse.h"
#include "engine/stats/source_distances.h"
#include "engine/store/contract/snapshot.h"

namespace geocyte::analysis {

inline constexpr double kFloorGate = 1.5;            ///< "measurable" begins at this multiple of the sampling floor
inline constexpr double kCollapsedDimensions = 1.5;

struct SourceVerdictInput {
  stats::SourceDistances distances;
  stats::Collapse collapse;
  std::vector<std::string> names;                    ///< of the sources
  std::vector<std::int32_t> group;                   ///< code of each source ("modality"); empty = unknown
  std::vector<std::string> group_names;
  std::string cells = "cells";                       ///< "held-out cells"
};

/// How many times its floor a pair of sources lies apart, by the measure that shows more.
double times_floor(const stats::SourceDistances& d, Eigen::Index a, Eigen::Index b);

/// Verdict "align/sources" of workspace "align". Neutral when fewer than two sources have cells.
store::Verdict source_verdict(const SourceVerdictInput& input);

}  // namespace geocyte::analysis
