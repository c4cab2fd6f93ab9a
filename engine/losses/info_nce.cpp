// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/losses/info_nce.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/softplus.h>

#include "engine/core/check.h"

namespace geocyte::losses {
namespace {

constexpr double kNone = -1e9;
constexpr double kExactSoftplus = 40;      // above it softplus(x) = x to the last digit of float64

/// (R, 1) 1 where a row has a positive and a negative.
at::Tensor usable_rows(const at::Tensor& positive, const at::Tensor& negative) {
  return (positive > 0).any(1, /*keepdim=*/true).logical_and_(negative.any(1, /*keepdim=*/true));
}

}  // namespace

Term info_nce(const at::Tensor& logits, const at::Tensor& positive, const at::Tensor& negative, const char* why_absent) {
  require(logits.dim() == 2 && negative.scalar_type() == at::kBool, "a contrast is of a matrix of logits and a set of negatives");
  require_shape("positives", positive.sizes(), logits.sizes());
  require_shape("negatives", negative.sizes(), logits.sizes());
  const auto usable = usable_rows(positive, negative).to(logits.scalar_type());  // (R, 1)
  const auto rows = usable.sum();
  if (rows.item<double>() == 0) return Term::absent(why_absent);
  const auto target = positive.detach().to(logits.scalar_type()) * usable;       // (R, n)
  const auto share = target / (target.sum(1, /*keepdim=*/true) + (1 - usable));  // 0 in rows that are left out
  const auto against = logits.masked_fill(negative.logical_not(), kNone).logsumexp({1}, /*keepdim=*/true);   // (R, 1)
  // Where l_ij is no positive its softplus could overflow to infinity, and infinity * 0 is not 0.
  const auto excess = (against - logits).masked_fill(share == 0, 0);
  return Term::of((at::softplus(excess, 1, kExactSoftplus) * share).sum() / rows);
}

double info_nce_chance(const at::Tensor& positive, const at::Tensor& negative) {
  const auto usable = usable_rows(positive, negative).to(at::kDouble);
  const double rows = usable.sum().item<double>();
  if (rows == 0) return 0;
  return ((negative.sum(1, /*keepdim=*/true).to(at::kDouble) + 1).log() * usable).sum().item<double>() / rows;
}

}  // namespace geocyte::losses
