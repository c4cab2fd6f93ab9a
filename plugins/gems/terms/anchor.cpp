// SPDX-License-Identifier: GPL-3.0-or-later
// What the layers add to the linear embedding stays small, so that cells keep the neighbours that it gives them; spots, which have to
// come to where cells are, may move more.
//
//   L = 1/2 [E_cells ||z - x S||^2 + s E_spots ||z - x S||^2] / D
#include "plugins/gems/terms/makers.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/index_select.h>
#include <ATen/ops/tensor.h>

namespace geocyte::plugins::gems {

std::unique_ptr<Term> make_anchor(const TermSetup&) {
  return plain([](const TermInput& input) {
    if (!input.views.base.defined()) return losses::Term::absent("the encoder has no linear embedding beside its layers (encoder.components)");
    const at::Tensor moved = (input.views.z1 - input.views.base).square().mean(1);   // (B)
    at::Tensor sum = moved.sum() * 0;
    for (const std::int64_t modality : input.groups.modality.of_at_least(1)) {
      const at::Tensor rows = at::tensor(input.groups.modality.members(modality), at::kLong).to(moved.device());
      sum = sum + moved.index_select(0, rows).mean() * (modality == kSpots ? input.own.number("spots") : 1.0);
    }
    return losses::Term::of(sum / 2);
  });
}

}  // namespace geocyte::plugins::gems
