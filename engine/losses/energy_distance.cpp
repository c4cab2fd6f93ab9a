// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/losses/energy_distance.h"

#include <utility>

#include "engine/losses/pair_statistic.h"

namespace geocyte::losses {

Term energy_distance(const at::Tensor& z, const Groups& groups, const EnergyDistanceOptions& options) {
  if (auto why = why_no_pair(groups, options.min_cells, options.what); !why.empty()) return Term::absent(std::move(why));
  return Term::of(mean_over_pairs(z, sorted_groups(z, groups, options.min_cells), {}, 1, options.statistic));
}

}  // namespace geocyte::losses
