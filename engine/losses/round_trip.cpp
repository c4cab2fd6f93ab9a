// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/losses/round_trip.h"

#include <ATen/TensorOperators.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/eye.h>
#include <ATen/ops/log_softmax.h>
#include <ATen/ops/tensor.h>

#include <array>
#include <limits>

#include "engine/core/check.h"
#include "engine/losses/cosine.h"
#include "engine/losses/group_weights.h"

namespace geocyte::losses {
namespace {

at::Tensor members_of(const Groups& groups, std::int64_t group, c10::Device device) { return at::tensor(groups.members(group), at::kLong).to(device); }

/// K (n, n) of the spots of a slide; constant.
at::Tensor next_door(const at::Tensor& xy, double width) {
  const c10::NoGradGuard no_gradient;
  const auto square = (xy.unsqueeze(1) - xy.unsqueeze(0)).pow(2).sum(2);         // (n, n)
  auto s2 = at::tensor(width * width, xy.options());
  if (width == 0) {
    auto others = square.clone();
    others.fill_diagonal_(std::numeric_limits<double>::infinity());
    s2 = 0.25 * std::get<0>(others.min(1)).median();
  }
  return (square / (-2 * s2.clamp_min(1e-30))).softmax(1);
}

/// sum_i KL(K_i || exp(log_r_i)); entries without K count nothing.
at::Tensor divergence(const at::Tensor& k, const at::Tensor& log_r) {
  const auto entropy = k.xlogy(k).sum();
  return entropy - (k * log_r).sum();
}

}  // namespace

Term round_trip(const at::Tensor& z, const at::Tensor& xy, const Groups& slides, const Groups& cells, const RoundTripOptions& options) {
  require(z.dim() == 2 && z.size(0) == slides.cells() && z.size(0) == cells.cells() && cells.count() == 1, "a round trip is of spots on slides and one set of cells");
  require(!xy.defined() || (xy.dim() == 2 && xy.size(0) == z.size(0)), "every spot has coordinates, or none has");
  require(options.temperature > 0 && options.width >= 0 && options.home >= 0, "the temperature is above 0, width and weight are not negative");
  const auto there = members_of(cells, 0, z.device());
  if (there.size(0) == 0) return Term::absent("the batch has no cell to travel to");
  const auto point = options.cosine ? unit_rows(z) : z;
  const auto away = point.index_select(0, there) / options.temperature;          // (m, D)
  at::Tensor sum;
  std::int64_t spots = 0;
  for (const auto slide : slides.of_at_least(2)) {
    const auto rows = members_of(slides, slide, z.device());
    const auto here = point.index_select(0, rows);                               // (n, D)
    const auto affinity = here.mm(away.t());                                     // (n, m)
    const auto log_a = affinity.log_softmax(1), log_b = affinity.log_softmax(0); // to a cell; and from a cell to the spots of the slide
    // log R_ii' = logsumexp_j (log A_ij + log B_i'j)
    const auto log_r = (log_a.unsqueeze(1) + log_b.unsqueeze(0)).logsumexp({2}); // (n, n)
    const auto k = xy.defined() ? next_door(xy.index_select(0, rows).to(z.scalar_type()), options.width) : at::eye(rows.size(0), z.options());
    auto own = divergence(k, log_r);
    if (options.home > 0) own = own - options.home * (k * (here.mm(here.t()) / options.temperature).log_softmax(1)).sum();
    sum = sum.defined() ? sum + own : own;
    spots += rows.size(0);
  }
  if (spots == 0) return Term::absent("no slide has two spots in the batch");
  return Term::of(sum / static_cast<double>(spots));
}

Term translation_cycle(const at::Tensor& returned, const at::Tensor& z, const Groups& groups, bool target_fixed) {
  require_shape("embeddings that came back", returned.sizes(), z.sizes());
  require_shape("cells of a cycle", z.sizes(), std::array{groups.cells(), std::int64_t{-1}});
  if (groups.of_at_least(1).empty()) return Term::absent("no cell of the batch belongs to a group");
  const auto error = (returned - (target_fixed ? z.detach() : z)).pow(2).mean(1);
  return Term::of((error * group_weights(groups, z)).sum());
}

}  // namespace geocyte::losses
