// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/losses/context_edges.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/nan_to_num.h>
#include <ATen/ops/where.h>

#include "engine/core/check.h"

namespace geocyte::losses {

at::Tensor context_edges(const at::Tensor& a, const at::Tensor& b, const SetTarget& target) {
  require_shape("distances in one context", a.sizes(), target.distances.sizes());
  require_shape("distances in another context", b.sizes(), target.distances.sizes());
  const auto typical = median_of_set(target.distances.gather(-1, target.nearest), target.edges);
  const auto floor = (at::nan_to_num(typical, 1) * 1e-3).clamp_min(1e-12).unsqueeze(-1).unsqueeze(-1);
  const auto log_length = [&](const at::Tensor& d) {
    const auto edge = d.gather(-1, target.nearest);
    return at::where(edge > floor, edge, floor).log();
  };
  return mean_of_set((log_length(a) - log_length(b)).pow(2), target.edges);
}

}  // namespace geocyte::losses
