// SPDX-License-Identifier: GPL-3.0-or-later
// Principal component regression: how much of the variance does the source explain, before and after? (Buettner et al. 2019;
// Luecken et al. 2022.)
//
//   PCR = sum_j var_j R^2_j / sum_j var_j over all components j,  R^2_j of regressing component j on the source
//       = between-source sum of squares / total sum of squares       (no components are needed: both are rotation invariant)
//   comparison = (PCR before - PCR after) / PCR before, not below 0;   1 = the source explains nothing any more
//
// Per-source centring alone scores 1: a necessary condition, like all of means.
#pragma once

#include <cstdint>
#include <span>

#include "engine/kernels/points.h"

namespace geocyte::stats {

/// In [0, 1]; 0 where nothing varies. Throws Error{internal} for labels of another length or out of range.
double source_variance_share(const kernels::Points& points, std::span<const std::int32_t> source, int sources);

/// Throws also Error{internal} when the rows differ in number; NaN when the source explained nothing before.
double pcr_comparison(const kernels::Points& before, const kernels::Points& after, std::span<const std::int32_t> source,
                      int sources);

}  // namespace geocyte::stats
