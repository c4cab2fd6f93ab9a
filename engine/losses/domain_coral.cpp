// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/losses/domain_coral.h"

#include "engine/core/check.h"

namespace geocyte::losses {

Term domain_coral(const at::Tensor& z, const Groups& modality, CoralForm form) {
  require(modality.count() == 2, "there are two modalities to compare");
  constexpr std::int64_t kMinCells = 2;   // fewer have no covariance
  if (modality.of_at_least(kMinCells).size() < 2) return Term::absent("a modality has fewer than two cells in the batch");
  const auto moments = group_moments(z, modality, kMinCells);
  return Term::of(coral(moments.of(0), moments.of(1), form));
}

}  // namespace geocyte::losses
