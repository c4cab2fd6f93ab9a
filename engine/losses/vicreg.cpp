// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/losses/vicreg.h"

#include <ATen/TensorOperators.h>
#include <algorithm>

#include "engine/core/check.h"

namespace geocyte::losses {
namespace {

struct Spread {
  at::Tensor variance, covariance;
};

Spread spread_of(const at::Tensor& z, const VicregOptions& options) {
  const auto divisor = static_cast<double>(std::max<std::int64_t>(z.size(0) - 1, 1));
  const auto centred = z - z.mean(0, /*keepdim=*/true);                          // (B, D)
  const auto covariance = centred.t().mm(centred) / divisor;                     // (D, D)
  const auto diagonal = covariance.diagonal();                                   // (D)
  const auto std = (diagonal + options.epsilon).sqrt();
  const auto off_diagonal = covariance.pow(2).sum() - diagonal.pow(2).sum();
  return {(options.gamma - std).relu().mean(), off_diagonal / static_cast<double>(z.size(1))};
}

}  // namespace

VicregTerms vicreg(const at::Tensor& z1, const at::Tensor& z2, const VicregOptions& options) {
  require(z1.dim() == 2 && z1.size(0) >= 1 && z1.size(1) >= 1, "VICReg takes views of shape (B, D), B >= 1, D >= 1");
  require_shape("the second view of VICReg", z2.sizes(), z1.sizes());
  const auto first = spread_of(z1, options), second = spread_of(z2, options);
  VicregTerms terms;
  terms.invariance = (z1 - z2).pow(2).mean();
  terms.variance = 0.5 * (first.variance + second.variance);
  terms.covariance = first.covariance + second.covariance;
  terms.total = options.invariance * terms.invariance + options.variance * terms.variance + options.covariance * terms.covariance;
  return terms;
}

}  // namespace geocyte::losses
