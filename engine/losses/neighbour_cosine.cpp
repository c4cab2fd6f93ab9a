// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/losses/neighbour_cosine.h"

#include <ATen/TensorOperators.h>
#include <array>

#include "engine/core/check.h"
#include "engine/losses/cosine.h"

namespace geocyte::losses {

at::Tensor neighbour_cosine(const at::Tensor& z, const at::Tensor& bank, const at::Tensor& neighbours) {
  require(z.dim() == 2 && bank.dim() == 2 && neighbours.dim() == 2, "neighbour agreement takes matrices");
  require_shape("bank of the neighbours", bank.sizes(), std::array{std::int64_t{-1}, z.size(1)});
  require_shape("neighbours of the batch", neighbours.sizes(), std::array{z.size(0), std::int64_t{-1}});
  require(neighbours.numel() > 0, "every cell has a neighbour");
  // cos is linear in the unit vectors of the neighbours, so their mean is enough.
  const auto remembered = unit_rows(bank.detach()).index_select(0, neighbours.reshape({-1}))
                              .view({z.size(0), neighbours.size(1), z.size(1)}).mean(1);   // (B, D)
  return -(unit_rows(z) * remembered).sum(1).mean();
}

}  // namespace geocyte::losses
