// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/losses/expression_plan.h"

#include <ATen/TensorOperators.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/tensor.h>
#include <ATen/ops/zeros.h>

#include "engine/core/check.h"
#include "engine/losses/cosine.h"
#include "engine/losses/moments.h"

namespace geocyte::losses {
namespace {

constexpr double kNothing = 1e-300;        // keeps 0 / 0 of a padded place at 0

/// (P, n, n) plans of the kernels (P, n, n) with marginals a, b (P, n, 1), whose padded places are 0.
at::Tensor scaled(const at::Tensor& kernel, const at::Tensor& a, const at::Tensor& b, double power, std::int64_t iterations) {
  const auto turned = kernel.transpose(1, 2).contiguous();
  const auto divided = [power](const at::Tensor& mass, const at::Tensor& reached) {
    auto ratio = mass / reached.clamp_min(kNothing);
    return power == 1 ? ratio : ratio.pow_(power);
  };
  auto u = (a > 0).to(a.scalar_type());
  at::Tensor v;
  for (std::int64_t i = 0; i < iterations; ++i) {
    v = divided(b, turned.bmm(u));
    u = divided(a, kernel.bmm(v));
  }
  return u * kernel * v.transpose(1, 2);
}

}  // namespace

at::Tensor expression_plan(const at::Tensor& x, const Groups& sources, const ExpressionPlanOptions& options) {
  require(x.dim() == 2 && x.size(0) == sources.cells(), "a plan is between cells with a source each");
  require(options.epsilon >= 0.005 && options.reach >= 0 && options.iterations >= 1, "a plan has an epsilon of at least 0.005, a reach and an iteration");
  const c10::NoGradGuard no_gradient;
  const auto unit = unit_rows(x.detach().to(at::kDouble));
  const auto layout = padded_groups(unit, sources, 1);
  const auto k = layout.count(), cells = sources.cells();
  if (k < 2) return at::zeros({cells, cells}, x.options());
  const auto n = layout.present.size(1);
  std::vector<std::int64_t> first, second;
  for (std::int64_t a = 0; a < k; ++a)
    for (std::int64_t b = a + 1; b < k; ++b) {
      first.push_back(a);
      second.push_back(b);
    }
  const auto of = at::tensor(first, at::kLong).to(x.device()), to = at::tensor(second, at::kLong).to(x.device());
  const auto rows = layout.rows_of(unit);                                        // (K, n, P)
  const auto marginal = layout.present * layout.share.unsqueeze(2);              // (K, n, 1)
  const auto here = layout.present.index_select(0, of), there = layout.present.index_select(0, to).transpose(1, 2);
  auto kernel = rows.index_select(0, of).bmm(rows.index_select(0, to).transpose(1, 2)).sub_(1).div_(options.epsilon).exp_();   // (P, n, n)
  kernel.mul_(here).mul_(there);
  const double power = options.reach > 0 ? options.reach / (options.reach + options.epsilon) : 1;
  const auto plan = scaled(kernel, marginal.index_select(0, of), marginal.index_select(0, to), power, options.iterations);

  auto all = at::zeros({k * k, n, n}, plan.options());
  all.index_copy_(0, of * k + to, plan);
  all.index_copy_(0, to * k + of, plan.transpose(1, 2));
  const auto padded = all.view({k, k, n, n}).permute({0, 2, 1, 3}).reshape({k * n, k * n});
  // Padded places carry nothing and point at cell 0.
  auto by_row = at::zeros({cells, k * n}, plan.options()).index_add_(0, layout.index, padded);
  return at::zeros({cells, cells}, plan.options()).index_add_(1, layout.index, by_row).to(x.scalar_type());
}

}  // namespace geocyte::losses
