// SPDX-License-Identifier: GPL-3.0-or-later
// The mean over pairs of groups of  M_aa + M_bb - 2 M_ab  for a profile phi of the distance, M_ab = mean phi between a and b.
// Private to engine/losses: mmd.h and energy_distance.h say what it is for.
#pragma once

#include <ATen/core/Tensor.h>

#include <vector>

#include "engine/losses/mmd.h"
#include "engine/losses/sorted_groups.h"

namespace geocyte::losses {

/// `widths` of the Gaussians, none for -|x - y|; `weight` multiplies everything. At least two groups.
at::Tensor mean_over_pairs(const at::Tensor& z, const SortedGroups& sorted, const std::vector<double>& widths, double weight, Statistic statistic);

}  // namespace geocyte::losses
