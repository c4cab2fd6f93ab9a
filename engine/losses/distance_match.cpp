// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/losses/distance_match.h"

#include <ATen/TensorOperators.h>

#include "engine/core/check.h"

namespace geocyte::losses {

at::Tensor distance_match(const at::Tensor& distances, const SetTarget& target, const DistanceMatchOptions& options) {
  require_shape("predicted distances", distances.sizes(), target.distances.sizes());
  require(options.power == 0 || options.offset > 0, "weights by distance need an offset above 0");
  const auto error = (distances - target.distances).pow(2);
  if (options.power == 0) return mean_of_set(error, target.pairs);
  const auto weight = (target.distances + options.offset).pow(-options.power).masked_fill(target.pairs.logical_not(), 0);
  const auto total = weight.sum({-2, -1});
  return (weight * error).masked_fill(target.pairs.logical_not(), 0).sum({-2, -1}) / total.masked_fill(total == 0, 1);
}

}  // namespace geocyte::losses
