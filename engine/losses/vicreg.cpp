// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/losses/vicreg.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/stack.h>
#include <ATen/ops/zeros_like.h>
#include <torch/csrc/autograd/custom_function.h>

#include <algorithm>

#include "engine/core/check.h"
#include "engine/losses/first_order.h"

namespace geocyte::losses {
namespace {

/// The three terms as one node. With X the centred view, C = X' X / (B - 1), s_j = sqrt(C_jj + eps)
///
///   d invariance / dz1 = 2 / (B D) (z1 - z2)
///   d variance   / dC_jj = -1 / (4 D s_j) where s_j < gamma, else 0;   d covariance / dC_ij = 2 / D C_ij, i != j
///   dL / dX = 2 / (B - 1) X dL/dC,   dL / dz = dL / dX - its column means
///
/// Those means are 0 but for rounding. They are taken out all the same: a shift of all cells changes nothing, and an optimiser
/// that divides by the size of a gradient (Adam) would make steps of what rounding leaves of it.
struct Terms : torch::autograd::Function<Terms> {
  static torch::autograd::variable_list forward(torch::autograd::AutogradContext* context, const at::Tensor& z1, const at::Tensor& z2,
                                                double gamma, double epsilon) {
    const auto cells = z1.size(0), dims = z1.size(1);
    auto centred = at::stack({z1, z2});                                          // (2, B, D)
    const auto difference = z1 - z2;
    centred.sub_(centred.mean(1, /*keepdim=*/true));
    auto covariance = centred.transpose(1, 2).bmm(centred).div_(divisor(cells)); // (2, D, D)
    const auto diagonal = covariance.diagonal(0, 1, 2);                          // (2, D), a view
    const auto std = (diagonal + epsilon).sqrt_();
    const auto missing = (gamma - std).relu_();
    const auto variance = missing.mean();                                        // 1/2 of the sum of two means
    diagonal.zero_();
    const auto off_diagonal = covariance.pow(2).sum() / static_cast<double>(dims);
    context->save_for_backward({difference, centred, covariance, std, missing});
    return {difference.pow(2).mean(), variance, off_diagonal};
  }

  static torch::autograd::variable_list backward(torch::autograd::AutogradContext* context, torch::autograd::variable_list gradients) {
    require_first_order();
    const auto saved = context->get_saved_variables();
    const auto &difference = saved[0], &centred = saved[1], &covariance = saved[2], &std = saved[3], &missing = saved[4];
    const auto dims = static_cast<double>(covariance.size(1));
    auto of_covariance = gradients[2].defined() ? covariance * (gradients[2] * (2 / dims)) : at::zeros_like(covariance);   // (2, D, D)
    if (gradients[1].defined()) of_covariance.diagonal(0, 1, 2).copy_(missing.sign() / std * (gradients[1] * (-0.25 / dims)));
    auto of_views = centred.bmm(of_covariance).mul_(2 / divisor(centred.size(1)));   // (2, B, D)
    of_views.sub_(of_views.mean(1, /*keepdim=*/true));
    auto first = of_views.select(0, 0), second = of_views.select(0, 1);
    if (gradients[0].defined()) {
      const auto apart = difference * (gradients[0] * (2 / static_cast<double>(difference.numel())));
      first.add_(apart);
      second.sub_(apart);
    }
    return {first, second, at::Tensor(), at::Tensor()};
  }

  static double divisor(std::int64_t cells) { return static_cast<double>(std::max<std::int64_t>(cells - 1, 1)); }
};

}  // namespace

VicregTerms vicreg(const at::Tensor& z1, const at::Tensor& z2, const VicregOptions& options) {
  require(z1.dim() == 2 && z1.size(0) >= 1 && z1.size(1) >= 1, "VICReg takes views of shape (B, D), B >= 1, D >= 1");
  require_shape("the second view of VICReg", z2.sizes(), z1.sizes());
  const auto parts = Terms::apply(z1, z2, options.gamma, options.epsilon);
  VicregTerms terms{parts[0], parts[1], parts[2], {}};
  terms.total = options.invariance * terms.invariance + options.variance * terms.variance + options.covariance * terms.covariance;
  return terms;
}

}  // namespace geocyte::losses
