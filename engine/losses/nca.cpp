// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/losses/nca.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/nan_to_num.h>

#include "engine/core/check.h"

namespace geocyte::losses {
namespace {

constexpr double kFarOff = -1e9;
constexpr double kAlone = 1e-30;           // the sum of a row of kernels below which a point has no neighbours

/// log softmax over the pairs of a row.
at::Tensor log_softmax_of_pairs(const at::Tensor& logits, const at::Tensor& pairs) {
  return logits.masked_fill(pairs.logical_not(), kFarOff).log_softmax(-1);
}

struct Kernel {
  at::Tensor shares;                       ///< (..., n, n), rows sum to 1 or are 0
  at::Tensor rows;                         ///< (..., n, 1) bool: rows that do not vanish
};

Kernel kernel_of(const SetTarget& target, double width) {
  require(width > 0, "the width of a neighbourhood is above 0");
  const auto t = (target.distances / width).pow(2).mul(-0.5).exp().masked_fill(target.pairs.logical_not(), 0);
  const auto total = t.sum(-1, /*keepdim=*/true);
  const auto rows = total > kAlone;
  return {t / total.masked_fill(rows.logical_not(), 1) * rows.to(t.scalar_type()), rows};
}

}  // namespace

at::Tensor knn_nca(const at::Tensor& distances, const SetTarget& target) {
  require_shape("predicted distances", distances.sizes(), target.distances.sizes());
  const auto wanted = median_of_set(target.distances.gather(-1, target.nearest), target.edges);
  const auto given = median_of_set(distances.gather(-1, target.nearest), target.edges);
  // Sets without an edge, and targets all in one place, have no length of their own.
  const auto tau = at::nan_to_num(wanted.pow(2) * (given / wanted).clamp(0.25, 4), 1).clamp_min(1e-12).unsqueeze(-1).unsqueeze(-1);
  const auto likely = log_softmax_of_pairs(-distances.pow(2) / tau, target.pairs);
  return -mean_of_set(likely.gather(-1, target.nearest), target.edges);
}

at::Tensor gaussian_nca(const at::Tensor& logits, const SetTarget& target, double width) {
  require_shape("logits of neighbours", logits.sizes(), target.distances.sizes());
  const auto kernel = kernel_of(target, width);
  const auto likely = log_softmax_of_pairs(logits, target.pairs);
  const auto crossed = (kernel.shares * likely.masked_fill(kernel.shares == 0, 0)).sum(-1, /*keepdim=*/true);   // (..., n, 1)
  return -mean_of_set(crossed, kernel.rows);
}

at::Tensor nca_floor(const SetTarget& target, double width) {
  const auto kernel = kernel_of(target, width);
  const auto entropy = -(kernel.shares * kernel.shares.clamp_min(1e-300).log().masked_fill(kernel.shares == 0, 0)).sum(-1, /*keepdim=*/true);
  return mean_of_set(entropy, kernel.rows);
}

}  // namespace geocyte::losses
