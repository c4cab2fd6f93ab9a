// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/losses/local_alignment.h"

#include <ATen/TensorOperators.h>
#include <torch/csrc/autograd/custom_function.h>

#include <limits>

#include "engine/core/check.h"
#include "engine/losses/first_order.h"

namespace geocyte::losses {
namespace {

constexpr double kEpsilon = 1e-12;

struct UnitRows {
  at::Tensor rows, scale;                  ///< x / sqrt(|x|^2 + eps), and 1 / sqrt(|x|^2 + eps) as (B, 1)
};

UnitRows unit_rows_of(const at::Tensor& x) {
  auto scale = x.pow(2).sum(-1, /*keepdim=*/true).add_(kEpsilon).rsqrt_();
  return {x * scale, scale};
}

/// log softmax over the other rows; the diagonal is -inf.
at::Tensor log_neighbour_probability(const at::Tensor& unit, double temperature) {
  return unit.mm(unit.t()).div_(temperature).fill_diagonal_(-std::numeric_limits<double>::infinity()).log_softmax(1);   // (B, B)
}

/// KL of the student from the teacher as one node. With u_i = z_i s_i and s_i = 1 / sqrt(|z_i|^2 + eps)
///
///   M = (q - p) / (B tau_z),   V = (M + M') u,   dL/dz_i = s_i (V_i - u_i <u_i, V_i>)
struct Student : torch::autograd::Function<Student> {
  static at::Tensor forward(torch::autograd::AutogradContext* context, const at::Tensor& z, const at::Tensor& log_p, double temperature) {
    const auto unit = unit_rows_of(z);
    const auto log_q = log_neighbour_probability(unit.rows, temperature);
    const auto p = log_p.exp();                                                  // 0 on the diagonal
    const auto loss = (log_p - log_q).fill_diagonal_(0).mul_(p).sum() / static_cast<double>(z.size(0));
    context->save_for_backward({unit.rows, unit.scale, log_q.exp().sub_(p)});
    context->saved_data["temperature"] = temperature;
    return loss;
  }

  static torch::autograd::variable_list backward(torch::autograd::AutogradContext* context, torch::autograd::variable_list gradients) {
    require_first_order();
    const auto saved = context->get_saved_variables();
    const auto &unit = saved[0], &scale = saved[1], &excess = saved[2];
    const double factor = 1 / (static_cast<double>(unit.size(0)) * context->saved_data["temperature"].toDouble());
    auto pull = (excess + excess.t()).mm(unit);                                  // (B, D)
    pull.sub_(unit * (unit * pull).sum(1, /*keepdim=*/true)).mul_(scale * (gradients[0] * factor));
    return {pull, at::Tensor(), at::Tensor()};
  }
};

}  // namespace

Term local_alignment(const at::Tensor& expression, const at::Tensor& z, const LocalAlignmentOptions& options) {
  require(expression.dim() == 2 && z.dim() == 2, "local alignment takes matrices");
  require_shape("cells of the embedding", z.sizes().slice(0, 1), expression.sizes().slice(0, 1));
  require(options.expression_temperature > 0 && options.embedding_temperature > 0, "temperatures are above zero");
  if (z.size(0) < 3) return Term::absent("the batch has fewer than three cells, so no neighbour can be preferred");
  const auto log_p = log_neighbour_probability(unit_rows_of(expression.detach()).rows, options.expression_temperature).to(z.scalar_type());
  return Term::of(Student::apply(z, log_p, options.embedding_temperature));
}

}  // namespace geocyte::losses
