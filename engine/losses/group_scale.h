// SPDX-License-Identifier: GPL-3.0-or-later
// The median distance between cells of one group: the scale of sampling noise, whatever the gap between groups.
// Of more than 256 cells, that many evenly spaced ones are taken.
#pragma once

#include "engine/kernels/pair_form.h"
#include "engine/losses/sorted_groups.h"

namespace geocyte::losses {

/// 0 when no group has two cells.
inline double median_within_groups(const SortedGroups& sorted) {
  return sorted.is_double() ? kernels::median_distance(sorted.cells.const_data_ptr<double>(), sorted.sizes, sorted.dims(), true)
                            : kernels::median_distance(sorted.cells.const_data_ptr<float>(), sorted.sizes, sorted.dims(), true);
}

}  // namespace geocyte::losses
