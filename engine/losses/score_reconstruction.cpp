// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/losses/score_reconstruction.h"

#include <ATen/TensorOperators.h>

#include <array>

#include "engine/core/check.h"

namespace geocyte::losses {

Term score_reconstruction(const at::Tensor& predicted, const at::Tensor& scores, const Groups& groups, Balance balance) {
  require_shape("scores", scores.sizes(), std::array{groups.cells(), std::int64_t{-1}});
  require_shape("predicted scores", predicted.sizes(), scores.sizes());
  if (groups.of_at_least(1).empty()) return Term::absent("no cell of the batch belongs to a source");
  const auto error = (predicted - scores.detach()).pow(2).mean(1);               // (B)
  return Term::of((error * group_weights(groups, predicted, balance)).sum());
}

}  // namespace geocyte::losses
