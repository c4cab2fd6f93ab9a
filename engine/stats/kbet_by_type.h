// SPDX-License-Identifier: GPL-3.0-or-later
// kBET within cell types: a type that a source lacks, or has much of, is no failure to mix; so each type is tested by itself, as
// scIB does (Luecken et al. 2022, doi:10.1038/s41592-021-01336-8).
//
//   for each type t with cells of two sources: k_t = min(70, max(10, floor(mean cells of its sources / 4))),
//   kBET_t = kbet() of the cells of t among themselves with k_t neighbours, each cell counting among its own;   result: mean_t kBET_t
//
// scib-metrics seeks the neighbours of a type in a diffusion map of the whole graph, approximately. The first component of that map is
// constant, and is stretched by 1 or by e / (1 - e), about 10^7, as the last bit of its eigenvalue e falls: what are neighbours there
// depends on the library beneath it. Here they are the exact ones in the embedding; with
// these, scib-metrics' own kbet_per_label gives the same number (tests). A type that falls apart by source needs no rule of its own: none
// of its neighbourhoods is accepted.
// Guards: types of fewer than 10 cells or of one source are left out. Cost: O(sum_t n_t^2 d).
#pragma once

#include <cstdint>
#include <span>

#include "engine/kernels/points.h"

namespace geocyte::stats {

struct TypeKbet {
  double mean = 0;                 ///< over types; NaN when no type could be tested
  double error = 0;                ///< standard error of the mean, cells of a type counted as independent
  int types = 0;                   ///< tested
  std::int64_t cells = 0;          ///< of those types
};

/// Cells of type -1 are left out. Throws Error{internal} for labels of another length or a source that is not in [0, sources).
TypeKbet kbet_by_type(const kernels::Points& points, std::span<const std::int32_t> type, std::span<const std::int32_t> source, int sources,
                      double alpha = 0.05, int threads = 1);

}  // namespace geocyte::stats
