// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/losses/local_alignment.h"

#include <ATen/TensorOperators.h>

#include "engine/core/check.h"
#include "engine/losses/cosine.h"

namespace geocyte::losses {
namespace {

/// A square matrix without its diagonal, (B, B) -> (B, B - 1). Behind the first element every diagonal entry is the last
/// of a row of B + 1.
at::Tensor off_diagonal(const at::Tensor& square) {
  const auto n = square.size(0);
  return square.reshape({n * n}).slice(0, 1).view({n - 1, n + 1}).slice(1, 0, n).reshape({n, n - 1});
}

at::Tensor log_neighbour_probability(const at::Tensor& rows, double temperature) {
  const auto unit = unit_rows(rows);
  return off_diagonal(unit.mm(unit.t()) / temperature).log_softmax(1);           // (B, B - 1)
}

}  // namespace

Term local_alignment(const at::Tensor& expression, const at::Tensor& z, const LocalAlignmentOptions& options) {
  require(expression.dim() == 2 && z.dim() == 2, "local alignment takes matrices");
  require_shape("cells of the embedding", z.sizes().slice(0, 1), expression.sizes().slice(0, 1));
  require(options.expression_temperature > 0 && options.embedding_temperature > 0, "temperatures are above zero");
  if (z.size(0) < 3) return Term::absent("the batch has fewer than three cells, so no neighbour can be preferred");
  const auto log_p = log_neighbour_probability(expression.detach(), options.expression_temperature).to(z.scalar_type());
  const auto log_q = log_neighbour_probability(z, options.embedding_temperature);
  return Term::of((log_p.exp() * (log_p - log_q)).sum(1).mean());
}

}  // namespace geocyte::losses
