// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/losses/class_discrepancy.h"

#include <ATen/TensorOperators.h>

#include "engine/core/check.h"
#include "engine/losses/host_tensor.h"

namespace geocyte::losses {
namespace {

constexpr int kWidest = 2;                 // bandwidths 2^-2 .. 2^2 times the mean squared distance

at::Tensor kernel_of(const at::Tensor& z) {
  const auto square = z.pow(2).sum(1, /*keepdim=*/true);                         // (B, 1)
  const auto distance = (square + square.t() - 2 * z.mm(z.t())).clamp_min(0).fill_diagonal_(0);   // (B, B)
  const auto n = static_cast<double>(z.size(0));
  const auto scale = (distance.detach().sum() / (n * (n - 1))).clamp_min(1e-12);
  // exp(-d / (4 g)) and its powers 2, 4, 8, 16: one exponential instead of five.
  auto power = (distance / (scale * -static_cast<double>(1 << kWidest))).exp();
  auto sum = power;
  for (int i = 0; i < 2 * kWidest; ++i) {
    power = power * power;
    sum = sum + power;
  }
  return sum / static_cast<double>(2 * kWidest + 1);
}

/// Which (source, type) groups there are, and which of their pairs are compared.
struct Plan {
  at::Tensor mean;                         ///< (R, B) rows average the cells of a group
  at::Tensor within, between;              ///< (R, R) weights of the pairs, each summing to 1 (or 0)
  bool comparable = false;
};

Plan plan_of(const Groups& sources, const Groups& types, std::int64_t min_cells, const at::Tensor& like) {
  const auto n = sources.cells(), c = types.count();
  std::vector<std::int64_t> size(sources.count() * c, 0);
  const auto group_of = [&](std::int64_t cell) { return sources.labels()[cell] < 0 || types.labels()[cell] < 0 ? -1 : sources.labels()[cell] * c + types.labels()[cell]; };
  for (std::int64_t cell = 0; cell < n; ++cell)
    if (const auto group = group_of(cell); group >= 0) ++size[group];
  std::vector<std::int64_t> kept, row_of(size.size(), -1);
  for (std::size_t g = 0; g < size.size(); ++g)
    if (size[g] >= min_cells) {
      row_of[g] = static_cast<std::int64_t>(kept.size());
      kept.push_back(static_cast<std::int64_t>(g));
    }
  const auto r = static_cast<std::int64_t>(kept.size());
  std::vector<double> mean(r * n, 0), within(r * r, 0), between(r * r, 0);
  for (std::int64_t cell = 0; cell < n; ++cell)
    if (const auto group = group_of(cell); group >= 0 && row_of[group] >= 0) mean[row_of[group] * n + cell] = 1 / static_cast<double>(size[group]);
  double same = 0, other = 0;
  for (std::int64_t a = 0; a < r; ++a)
    for (std::int64_t b = 0; b < r; ++b) {
      if (kept[a] / c == kept[b] / c) continue;                                  // of one source
      const bool alike = kept[a] % c == kept[b] % c;
      (alike ? within : between)[a * r + b] = 1;
      (alike ? same : other) += 1;
    }
  for (auto& w : within) w /= std::max(same, 1.0);
  for (auto& w : between) w /= std::max(other, 1.0);
  return {host_tensor(mean, {r, n}, like.options()), host_tensor(within, {r, r}, like.options()), host_tensor(between, {r, r}, like.options()), same > 0};
}

}  // namespace

Term class_discrepancy(const at::Tensor& z, const Groups& sources, const Groups& types, const ClassDiscrepancyOptions& options) {
  require(z.dim() == 2 && z.size(0) == sources.cells() && z.size(0) == types.cells(), "every cell has an embedding, a source and a type");
  require(options.contrast >= 0 && options.min_cells >= 1, "the contrast is not negative and a group has a cell");
  const auto plan = plan_of(sources, types, options.min_cells, z);
  if (!plan.comparable) return Term::absent("no type has enough cells in two sources of the batch");
  const auto k = plan.mean.mm(kernel_of(z)).mm(plan.mean.t());                   // (R, R) mean kernels
  const auto self = k.diagonal();
  const auto discrepancy = self.unsqueeze(1) + self.unsqueeze(0) - 2 * k;        // (R, R) D
  return Term::of((discrepancy * (plan.within - options.contrast * plan.between)).sum());
}

}  // namespace geocyte::losses
