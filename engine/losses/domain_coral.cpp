// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/losses/domain_coral.h"

#include "engine/core/check.h"
#include "engine/losses/pairwise_coral.h"

namespace geocyte::losses {

Term domain_coral(const at::Tensor& z, const Groups& modality, CoralForm form) {
  require(modality.count() == 2, "there are two modalities to compare");
  constexpr std::int64_t kMinCells = 2;   // fewer have no covariance
  if (modality.of_at_least(kMinCells).size() < 2) return Term::absent("a modality has fewer than two cells in the batch");
  return Term::of(mean_pairwise_coral(z, padded_groups(z, modality, kMinCells), form));   // the one pair there is
}

}  // namespace geocyte::losses
