// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/losses/neighbour_lengths.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/maximum.h>
#include <ATen/ops/nan_to_num.h>

#include "engine/core/check.h"

namespace geocyte::losses {
namespace {

/// ln d - ln t of the edges; (..., n, k).
at::Tensor log_ratio(const at::Tensor& distances, const SetTarget& target) {
  require_shape("predicted distances", distances.sizes(), target.distances.sizes());
  const auto wanted = target.distances.gather(-1, target.nearest), given = distances.gather(-1, target.nearest);
  const auto floor = (at::nan_to_num(median_of_set(wanted, target.edges), 1) * 1e-3).clamp_min(1e-12).unsqueeze(-1).unsqueeze(-1);
  // Where the floor holds, the input is replaced by it, so that no gradient passes (that of maximum would, at equality).
  return given.masked_fill(given <= floor, 1).log() + at::maximum(floor, wanted * 0).log() * (given <= floor).to(given.scalar_type()) - at::maximum(wanted, floor).log();
}

}  // namespace

at::Tensor edge_lengths(const at::Tensor& distances, const SetTarget& target) { return mean_of_set(log_ratio(distances, target).pow(2), target.edges); }

at::Tensor knn_scale(const at::Tensor& distances, const SetTarget& target) {
  return mean_of_set((2 * log_ratio(distances, target)).clamp(-2, 2).pow(2), target.edges);
}

}  // namespace geocyte::losses
