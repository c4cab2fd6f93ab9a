// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/losses/written_gradient.h"

#include <torch/csrc/autograd/custom_function.h>

#include "engine/losses/first_order.h"

namespace geocyte::losses {
namespace {

struct Written : torch::autograd::Function<Written> {
  static at::Tensor forward(torch::autograd::AutogradContext* context, const at::Tensor& z, const at::Tensor& value, const at::Tensor& gradient) {
    context->saved_data["gradient"] = gradient;
    context->saved_data["dtype"] = static_cast<std::int64_t>(z.scalar_type());
    return value.clone();
  }

  static torch::autograd::variable_list backward(torch::autograd::AutogradContext* context, torch::autograd::variable_list gradients) {
    require_first_order();
    const auto dtype = static_cast<at::ScalarType>(context->saved_data["dtype"].toInt());
    return {context->saved_data["gradient"].toTensor().mul(gradients[0]).to(dtype), at::Tensor(), at::Tensor()};
  }
};

}  // namespace

bool wants_gradient(const at::Tensor& z) { return at::GradMode::is_enabled() && z.requires_grad(); }

at::Tensor with_gradient(const at::Tensor& z, const at::Tensor& value, const at::Tensor& gradient) {
  return gradient.defined() ? Written::apply(z, value, gradient) : value;
}

}  // namespace geocyte::losses
