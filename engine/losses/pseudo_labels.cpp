// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/losses/pseudo_labels.h"

#include <ATen/TensorOperators.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/full.h>
#include <ATen/ops/log_softmax.h>
#include <ATen/ops/topk.h>
#include <ATen/ops/where.h>
#include <ATen/ops/zeros.h>
#include <ATen/ops/zeros_like.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "engine/core/check.h"
#include "engine/losses/cosine.h"
#include "engine/losses/group_weights.h"
#include "engine/losses/host_tensor.h"

namespace geocyte::losses {
namespace {

constexpr double kNever = -1e9;

/// Unit mean directions of types, sources counting alike: (M, D), and which types have cells (M, 1).
std::pair<at::Tensor, at::Tensor> means_of(const at::Tensor& z, const Groups& types, const Groups& sources) {
  const auto n = types.cells(), m = types.count();
  std::vector<double> size(m * sources.count(), 0), in_sources(m, 0), weight(m * n, 0);
  const auto at_of = [&](std::int64_t cell) { return types.labels()[cell] * sources.count() + sources.labels()[cell]; };
  const auto labelled = [&](std::int64_t cell) { return types.labels()[cell] >= 0 && sources.labels()[cell] >= 0; };
  for (std::int64_t cell = 0; cell < n; ++cell)
    if (labelled(cell) && size[at_of(cell)]++ == 0) ++in_sources[types.labels()[cell]];
  for (std::int64_t cell = 0; cell < n; ++cell)
    if (labelled(cell)) weight[types.labels()[cell] * n + cell] = 1 / (size[at_of(cell)] * in_sources[types.labels()[cell]]);
  for (auto& one : in_sources) one = one > 0;
  return {host_tensor(weight, {m, n}, z.options()).mm(unit_rows(z)), host_tensor(in_sources, {m, 1}, z.options())};
}

}  // namespace

TypePrototypes TypePrototypes::of(std::int64_t types, std::int64_t width, const at::TensorOptions& options) {
  require(types >= 1 && width >= 1, "prototypes are of at least one type");
  return {at::zeros({types, width}, options), at::zeros({types}, options)};
}

void TypePrototypes::follow(const at::Tensor& z, const Groups& types, const Groups& sources, double keep) {
  require(z.dim() == 2 && z.size(0) == types.cells() && z.size(0) == sources.cells(), "every cell has an embedding, a type or none, and a source");
  require_shape("prototypes", centre.sizes(), std::array{types.count(), z.size(1)});
  require(keep >= 0 && keep < 1, "what prototypes keep lies in [0, 1)");
  const c10::NoGradGuard no_gradient;
  const auto [mean, present] = means_of(z.detach(), types, sources);
  const auto rate = at::where(met.unsqueeze(1) > 0, at::full({1}, 1 - keep, z.options()), at::full({1}, 1.0, z.options())) * present;   // (M, 1)
  centre = unit_rows(centre + rate * (mean - centre));
  met = met.maximum(present.squeeze(1));
}

at::Tensor TypePrototypes::log_probability(const at::Tensor& z, double temperature) const {
  require(temperature > 0, "a temperature is above zero");
  require(met.sum().item<double>() > 0, "a prototype was met");
  const auto logits = unit_rows(z).mm(centre.t()) / temperature;                 // (B, M)
  return logits.masked_fill((met == 0).unsqueeze(0), kNever).log_softmax(1);
}

PseudoLabels select_pseudo_labels(const at::Tensor& z, const Groups& types, const TypePrototypes& prototypes, const PseudoLabelOptions& options) {
  require(z.dim() == 2 && z.size(0) == types.cells(), "every cell has an embedding and a type or none");
  require(options.share > 0 && options.share <= 1, "the share of the candidates lies in (0, 1]");
  const c10::NoGradGuard no_gradient;
  const auto p = prototypes.log_probability(z.detach(), options.temperature).exp();
  const auto m = p.size(1);
  const auto [best, order] = at::topk(p, std::min<std::int64_t>(2, m), 1);
  const auto host = best.to(at::kCPU, at::kDouble).contiguous(), chosen = order.select(1, 0).to(at::kCPU).contiguous();
  const auto* value = host.const_data_ptr<double>();
  const auto* type = chosen.const_data_ptr<std::int64_t>();
  const auto stride = best.size(1);

  PseudoLabels result;
  std::vector<std::vector<std::int64_t>> of_type(m);
  for (std::int64_t cell = 0; cell < types.cells(); ++cell) {
    if (types.labels()[cell] >= 0) continue;
    ++result.candidates;
    const double first = value[cell * stride], second = stride > 1 ? value[cell * stride + 1] : 0;
    if (first >= options.confidence && first - second >= options.margin) of_type[type[cell]].push_back(cell);
  }
  std::vector<std::int64_t> labels(types.cells(), -1);
  for (std::int64_t t = 0; t < m; ++t) {
    auto& cells = of_type[t];
    std::stable_sort(cells.begin(), cells.end(), [&](auto a, auto b) { return value[a * stride] > value[b * stride]; });
    const auto kept = static_cast<std::int64_t>(std::ceil(options.share * static_cast<double>(cells.size())));
    for (std::int64_t i = 0; i < kept; ++i) labels[cells[i]] = t;
    result.selected += kept;
  }
  result.label = host_tensor(labels, {types.cells()}, z.device());
  result.confidence = best.select(1, 0).clone();
  return result;
}

Term pseudo_label_loss(const at::Tensor& z, const PseudoLabels& labels, const TypePrototypes& prototypes, const PseudoLabelOptions& options) {
  require(z.dim() == 2 && z.size(0) == labels.label.size(0), "every cell has an embedding and a pseudo-label or none");
  if (labels.selected == 0) return Term::absent("no cell without a type is near enough to one");
  const auto host = labels.label.to(at::kCPU).contiguous();
  const Groups chosen({host.const_data_ptr<std::int64_t>(), static_cast<std::size_t>(host.numel())}, prototypes.centre.size(0), z.device());
  const auto weight = group_weights(chosen, z, Balance::by_group, labels.confidence);   // (B)
  const auto log_p = prototypes.log_probability(z, options.temperature).gather(1, labels.label.clamp_min(0).unsqueeze(1)).squeeze(1);
  return Term::of(-(log_p.masked_fill(labels.label < 0, 0) * weight).sum());
}

}  // namespace geocyte::losses
