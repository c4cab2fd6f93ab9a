// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/optim/gradient_clip.h"

#include <ATen/core/grad_mode.h>
#include <ATen/ops/_foreach_mul.h>
#include <ATen/ops/_foreach_norm.h>
#include <ATen/ops/stack.h>
#include <torch/optim/optimizer.h>

#include <cmath>

namespace geocyte::optim {

double clip_gradients(std::span<const at::Tensor> parameters, double max_norm) {
  const c10::NoGradGuard no_gradient;
  std::vector<at::Tensor> gradients;
  for (const auto& parameter : parameters)
    if (parameter.grad().defined()) gradients.push_back(parameter.grad());
  if (gradients.empty()) return 0;

  // Norms of single tensors in their own type, the norm of these in double where they meet.
  auto norms = at::_foreach_norm(gradients, 2);
  for (auto& norm : norms) norm = norm.to(norms.front().device(), at::kDouble);
  const double norm = at::stack(norms).norm().item<double>();
  if (max_norm > 0 && std::isfinite(norm) && norm > max_norm) at::_foreach_mul_(gradients, max_norm / norm);
  return norm;
}

double clip_gradients(const torch::optim::Optimizer& optimizer, double max_norm) {
  std::vector<at::Tensor> parameters;
  for (const auto& group : optimizer.param_groups())
    parameters.insert(parameters.end(), group.params().begin(), group.params().end());
  return clip_gradients(parameters, max_norm);
}

}  // namespace geocyte::optim
