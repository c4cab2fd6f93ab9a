// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/losses/group_weights.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/where.h>
#include <ATen/ops/zeros_like.h>

#include <array>
#include <numeric>

#include "engine/core/check.h"
#include "engine/losses/host_tensor.h"

namespace geocyte::losses {
namespace {

/// 1/x, and 0 where x is 0.
at::Tensor inverse_or_zero(const at::Tensor& x) { return at::where(x > 0, x.reciprocal(), at::zeros_like(x)); }

}  // namespace

at::Tensor membership(const Groups& groups, const at::Tensor& like) {
  std::vector<double> belongs(groups.count() * groups.cells(), 0);
  for (std::int64_t cell = 0; cell < groups.cells(); ++cell)
    if (const auto label = groups.labels()[cell]; label >= 0) belongs[label * groups.cells() + cell] = 1;
  return host_tensor(belongs, {groups.count(), groups.cells()}, like.options());
}

at::Tensor group_weights(const Groups& groups, const at::Tensor& like, Balance balance, const at::Tensor& u) {
  if (u.defined()) {
    require_shape("weights of the cells", u.sizes(), std::array{groups.cells()});
    const auto belongs = membership(groups, like);                               // (K, B)
    const auto own = belongs * u.detach().to(like.options());                    // (K, B)
    if (balance == Balance::by_cell) return own.sum(0) * inverse_or_zero(own.sum());
    const auto of_group = own.sum(1, /*keepdim=*/true);                          // (K, 1)
    return (own * inverse_or_zero(of_group)).sum(0) * inverse_or_zero((of_group > 0).sum().to(like.scalar_type()));
  }
  const auto present = static_cast<double>(groups.of_at_least(1).size());
  const auto labelled = static_cast<double>(std::accumulate(groups.sizes().begin(), groups.sizes().end(), std::int64_t{0}));
  std::vector<double> weights(groups.cells(), 0);
  for (std::int64_t cell = 0; cell < groups.cells(); ++cell) {
    const auto label = groups.labels()[cell];
    if (label < 0) continue;
    weights[cell] = balance == Balance::by_cell ? 1 / labelled : 1 / (present * static_cast<double>(groups.sizes()[label]));
  }
  return host_tensor(weights, {groups.cells()}, like.options());
}

}  // namespace geocyte::losses
