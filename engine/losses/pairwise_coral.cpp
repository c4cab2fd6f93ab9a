// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/losses/pairwise_coral.h"

#include <ATen/TensorOperators.h>

#include <string>

#include "engine/core/check.h"

namespace geocyte::losses {
namespace {

/// 2 / (K (K - 1)) sum_{a < b} ||x_a - x_b||^2 over the rows of x (K, …), divided by the elements of a row.
at::Tensor mean_pairwise_square(const at::Tensor& x) {
  const auto k = x.size(0);
  const auto deviation = x - x.mean(0, /*keepdim=*/true);
  return deviation.pow(2).mean() * (2.0 * static_cast<double>(k) / static_cast<double>(k - 1));
}

}  // namespace

at::Tensor mean_pairwise_coral(const GroupMoments& moments, CoralForm form) {
  require(moments.count() >= 2, "pairs need at least two groups");
  const auto between_covariances = mean_pairwise_square(moments.covariance);
  if (form == CoralForm::deep_coral) return 0.25 * between_covariances;
  return mean_pairwise_square(moments.mean) + between_covariances;
}

Term pairwise_coral(const at::Tensor& z, const Groups& groups, CoralForm form, std::int64_t min_cells, const char* what) {
  if (const auto enough = groups.of_at_least(min_cells).size(); enough < 2)
    return Term::absent("the batch has " + std::to_string(enough) + " " + what + (enough == 1 ? "" : "s") + " of at least " +
                        std::to_string(min_cells) + " cells, and a pair needs two");
  return Term::of(mean_pairwise_coral(group_moments(z, groups, min_cells), form));
}

}  // namespace geocyte::losses
