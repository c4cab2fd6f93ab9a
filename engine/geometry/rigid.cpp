// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/geometry/rigid.h"

#include <ATen/TensorOperators.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/linalg_det.h>
#include <ATen/ops/linalg_svd.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/ones_like.h>
#include <ATen/ops/stack.h>
#include <ATen/ops/where.h>
#include <torch/csrc/autograd/custom_function.h>

#include "engine/core/check.h"
#include "engine/geometry/sets.h"

namespace geocyte::geometry {
namespace {

constexpr double kNoDirection = 1e-300;

/// [[p, q], [-q, p]] or, mirrored, [[p, q], [q, -p]], of unit length; (1, 0) where the pair is 0.
at::Tensor turn(const at::Tensor& p, const at::Tensor& q, bool mirrored) {
  const auto squared = p * p + q * q;
  const auto none = squared < kNoDirection;
  const auto length = squared.masked_fill(none, 1).sqrt();
  const auto c = at::where(none, at::ones_like(p), p / length), s = at::where(none, q * 0, q / length);
  const auto low = mirrored ? at::stack({s, -c}, -1) : at::stack({-s, c}, -1);
  return at::stack({at::stack({c, s}, -1), low}, -2);                              // (..., 2, 2)
}

at::Tensor planar_rotation(const at::Tensor& h, bool reflection) {
  const auto at_place = [&h](std::int64_t i, std::int64_t j) { return h.select(-2, i).select(-1, j); };
  const auto a = at_place(0, 0) + at_place(1, 1), b = at_place(0, 1) - at_place(1, 0);
  const auto proper = turn(a, b, false);
  if (!reflection) return proper;
  const auto c = at_place(0, 0) - at_place(1, 1), e = at_place(0, 1) + at_place(1, 0);
  const auto longer = (c * c + e * e > a * a + b * b).detach().unsqueeze(-1).unsqueeze(-1);
  return at::where(longer, turn(c, e, true), proper);
}

struct PolarRotation : torch::autograd::Function<PolarRotation> {
  static at::Tensor forward(torch::autograd::AutogradContext* context, const at::Tensor& h, bool reflection) {
    const auto [u, s, vt] = at::linalg_svd(h, /*full_matrices=*/true);
    auto sign = at::ones_like(s);                                                  // (..., D)
    if (!reflection) sign = at::cat({sign.slice(-1, 0, -1), at::linalg_det(u.matmul(vt)).sign().unsqueeze(-1)}, -1);
    const auto r = (u * sign.unsqueeze(-2)).matmul(vt);
    context->save_for_backward({r, s * sign, vt});
    return r;
  }

  static torch::autograd::variable_list backward(torch::autograd::AutogradContext* context, torch::autograd::variable_list gradients) {
    require(!at::GradMode::is_enabled(), "a rotation in more than two dimensions has first derivatives only");
    const auto saved = context->get_saved_variables();
    const auto &r = saved[0], &s = saved[1], &vt = saved[2];
    const auto v = vt.transpose(-2, -1);
    const auto pull = r.transpose(-2, -1).matmul(gradients[0]);                    // R'P
    const auto q = vt.matmul(pull - pull.transpose(-2, -1)).matmul(v);
    const auto sum = s.unsqueeze(-1) + s.unsqueeze(-2);
    const auto none = sum.abs() <= 1e-12 * s.abs().amax({-1}, /*keepdim=*/true).unsqueeze(-1) + kNoDirection;
    const auto k = (q / sum.masked_fill(none, 1)).masked_fill(none, 0);
    return {r.matmul(v).matmul(k).matmul(vt), at::Tensor()};
  }
};

}  // namespace

at::Tensor Rigid::apply(const at::Tensor& points) const {
  return scale.unsqueeze(-1).unsqueeze(-1) * points.matmul(rotation) + translation.unsqueeze(-2);
}

Rigid fit_rigid(const at::Tensor& source, const at::Tensor& target, const at::Tensor& weights, const RigidOptions& options) {
  require(source.dim() >= 2 && source.is_floating_point() && source.size(-1) >= 1, "a rigid fit is of floating sets of shape (..., n, D)");
  require_shape("target of a rigid fit", target.sizes(), source.sizes());
  const bool track = options.differentiable && at::GradMode::is_enabled();
  const at::AutoGradMode mode(track);
  const auto dims = source.size(-1);
  auto x = source.to(at::kDouble), y = target.to(at::kDouble);
  at::Tensor w;
  if (weights.defined()) {
    require_shape("weights of a rigid fit", weights.sizes(), source.sizes().slice(0, source.dim() - 1));
    w = weights.detach().to(at::kDouble).unsqueeze(-1);                            // (..., n, 1)
    x = x.masked_fill(w == 0, 0);
    y = y.masked_fill(w == 0, 0);
  } else {
    w = at::ones({source.size(-2), 1}, x.options());
  }
  auto total = w.sum(-2, /*keepdim=*/true);                                        // (..., 1, 1)
  total = total.masked_fill(total == 0, 1);
  const auto mean_x = (w * x).sum(-2, true) / total, mean_y = (w * y).sum(-2, true) / total;
  const auto x0 = x - mean_x, y0 = y - mean_y;
  const auto h = (w * x0).transpose(-2, -1).matmul(y0);                            // (..., D, D)

  const auto r = dims == 2 ? planar_rotation(h, options.reflection) : PolarRotation::apply(h, options.reflection);
  auto s = at::ones(source.sizes().slice(0, source.dim() - 2), x.options());
  if (options.scale) {
    const auto spread = (w * x0.pow(2)).sum({-2, -1});
    const auto none = spread == 0;
    s = at::where(none, s, (r * h).sum({-2, -1}) / spread.masked_fill(none, 1));
  }
  const auto t = mean_y - s.unsqueeze(-1).unsqueeze(-1) * mean_x.matmul(r);
  const auto type = source.scalar_type();
  return {r.to(type), s.to(type), t.squeeze(-2).to(type)};
}

}  // namespace geocyte::geometry
