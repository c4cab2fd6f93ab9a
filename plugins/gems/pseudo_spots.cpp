// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugins/gems/pseudo_spots.h"

#include <cmath>

#include <ATen/ops/tensor.h>

#include "engine/core/check.h"

namespace geocyte::plugins::gems {

void make_pseudo_spots(at::Tensor& batch, const Cells& cells, const BatchLayout& layout, const std::vector<std::vector<std::int64_t>>& rows_of_source,
                       double share, std::int64_t cells_of_a_spot, Rng& rng) {
  require(cells_of_a_spot >= 2, "a pseudo-spot is the sum of at least two cells");
  std::int64_t first = 0;
  for (std::size_t part = 0; part < layout.source.size(); ++part) {
    const auto source = static_cast<std::size_t>(layout.source[part]);
    const std::int64_t spots = std::llround(share * static_cast<double>(layout.size[part]));
    if (spots > 0 && cells.sources[source].modality == kSingleCells) {
      std::vector<std::int64_t> others(static_cast<std::size_t>(spots * (cells_of_a_spot - 1)));
      for (std::int64_t& row : others) row = rows_of_source[source][rng.below(rows_of_source[source].size())];
      const at::Tensor drawn = cells.expression.index_select(0, at::tensor(others, at::kLong).to(batch.device()))
                                   .expm1_().view({spots, cells_of_a_spot - 1, -1}).sum(1);   // (spots, G)
      at::Tensor target = batch.narrow(0, first, spots);   // which cells of a part come first is chance already
      target.copy_(target.expm1().add_(drawn).div_(static_cast<double>(cells_of_a_spot)).log1p_());
    }
    first += layout.size[part];
  }
}

}  // namespace geocyte::plugins::gems
