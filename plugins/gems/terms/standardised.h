// SPDX-License-Identifier: GPL-3.0-or-later
// Dimensions of a batch on one scale: what differs between sources in directions of little spread weighs as much as in others. A fresh
// classifier looks at an embedding in this way as well.
#pragma once

#include <ATen/core/Tensor.h>
#include <ATen/TensorOperators.h>
#include <ATen/ops/maximum.h>

namespace geocyte::plugins::gems {

/// z (B, D) over the standard deviations of its columns, which get no gradient; those below 1e-3 of the largest count as that.
inline at::Tensor standardised(const at::Tensor& z) {
  const at::Tensor sd = z.detach().std(0);                                         // (D)
  return z / at::maximum(sd, sd.max() * 1e-3).clamp_min(1e-12);
}

}  // namespace geocyte::plugins::gems
