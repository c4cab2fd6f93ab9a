// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/geometry/distances.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/cdist.h>
#include <ATen/ops/topk.h>
#include <torch/csrc/autograd/custom_function.h>

#include <limits>

#include "engine/core/check.h"

namespace geocyte::geometry {
namespace {

constexpr std::int64_t kFromDifferences = 2;   // at::cdist's mode that never goes through the Gram matrix

struct PairDistances : torch::autograd::Function<PairDistances> {
  static at::Tensor forward(torch::autograd::AutogradContext* context, const at::Tensor& x) {
    auto d = at::cdist(x, x, 2, kFromDifferences);
    context->save_for_backward({x, d});
    return d;
  }

  static torch::autograd::variable_list backward(torch::autograd::AutogradContext* context, torch::autograd::variable_list gradients) {
    const auto saved = context->get_saved_variables();
    const auto &x = saved[0], &d = saved[1];
    const auto none = d == 0;
    auto pull = (gradients[0] / d.masked_fill(none, 1)).masked_fill(none, 0);      // (..., n, n)
    pull = pull + pull.transpose(-2, -1);
    return {pull.sum(-1, /*keepdim=*/true) * x - pull.matmul(x)};
  }
};

}  // namespace

at::Tensor pair_distances(const at::Tensor& x) {
  require(x.dim() >= 2 && x.is_floating_point(), "a set of points is a floating tensor of shape (..., n, D)");
  return PairDistances::apply(x.contiguous());
}

at::Tensor nearest_columns(const at::Tensor& distances, const at::Tensor& pairs, std::int64_t k) {
  require_shape("pairs that may be neighbours", pairs.sizes(), distances.sizes());
  require(k >= 1 && k < distances.size(-1), "a point has between 1 and n - 1 neighbours");
  const auto open = distances.detach().masked_fill(pairs.logical_not(), std::numeric_limits<double>::infinity());
  return std::get<1>(open.topk(k, -1, /*largest=*/false, /*sorted=*/true));
}

}  // namespace geocyte::geometry
