// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/losses/subspace.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/linalg_eigvalsh.h>
#include <ATen/ops/zeros.h>

#include "engine/core/check.h"
#include "engine/geometry/sets.h"

namespace geocyte::losses {

at::Tensor subspace_excess(const at::Tensor& x, const at::Tensor& mask, std::int64_t dims) {
  require(dims >= 1, "a subspace has at least one dimension");
  const auto y = geometry::centred(x, mask);
  const auto covariance = y.transpose(-2, -1).matmul(y).to(at::kDouble);
  const auto total = covariance.diagonal(0, -2, -1).sum(-1);
  if (dims >= x.size(-1)) return total.to(x.scalar_type()) * 0;
  const auto outside = at::linalg_eigvalsh(covariance).narrow(-1, 0, x.size(-1) - dims).sum(-1);   // rising: the smallest
  const auto flat = total == 0;
  return (outside / total.masked_fill(flat, 1)).masked_fill(flat, 0).clamp_min(0).to(x.scalar_type());
}

}  // namespace geocyte::losses
