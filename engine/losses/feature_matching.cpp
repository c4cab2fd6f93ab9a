// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/losses/feature_matching.h"

#include <ATen/TensorOperators.h>

#include "engine/core/check.h"

namespace geocyte::losses {

Term feature_matching(std::span<const at::Tensor> features, const Groups& groups, const at::Tensor& cell_weights) {
  if (features.empty()) return Term::absent("the critic has no hidden layer to match");
  const auto weight = membership(groups, features[0]) * group_weights(groups, features[0], Balance::by_group, cell_weights);   // (K, B)
  const auto mass = weight.sum(1, /*keepdim=*/true);                             // (K, 1) 1/K' or 0
  const auto there = (mass > 0).to(mass.scalar_type());
  const auto present = there.sum();
  if (present.item<double>() < 2) return Term::absent("the cells of the batch are not of two groups, so there are no means to match");
  const auto average = weight * present;                                         // rows sum to 1 or 0
  at::Tensor sum;
  for (const auto& feature : features) {
    require(feature.dim() == 2 && feature.size(0) == groups.cells(), "a feature has one row a cell");
    const auto mean = average.mm(feature);                                       // (K, w)
    const auto all = (mean / present).sum(0, /*keepdim=*/true);         // rows of groups without cells are 0
    const auto distance = ((mean - all).pow(2).mean(1, /*keepdim=*/true) * there).sum() / present;
    sum = sum.defined() ? sum + distance : distance;
  }
  return Term::of(sum / static_cast<double>(features.size()));
}

}  // namespace geocyte::losses
