// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugins/st_edm/refinement.h"

#include <algorithm>
#include <utility>

#include <ATen/TensorOperators.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/tensor.h>

#include "engine/core/rng.h"
#include "plugins/st_edm/layout.h"

namespace geocyte::plugins::st_edm {
namespace {

/// 90 % quantiles of chi-squared over its degrees of freedom: of r^2 over its mean, for a normal law in two and three dimensions.
constexpr double kNinety2 = 2.302585, kNinety3 = 2.083796;

/// The variance about the mean of K samples is too small by (K - 1) / K.
constexpr double bessel(std::int64_t count) { return static_cast<double>(count) / static_cast<double>(count - 1); }

}  // namespace

std::vector<RefineSets> Refinement::validation_sets() const {
  std::vector<RefineSets> sets;
  for (const auto& rows : tissue.validation_rows)
    if (rows.size() >= kFewestValidationCells) sets.push_back(known_set(options, tissue, generator, rows, By::unseen));
  return sets;
}

std::vector<RefineSets> Refinement::held_out_sets(std::int64_t most, std::uint64_t seed) const {
  std::vector<RefineSets> sets;
  for (const std::size_t s : tissue.sources_with(Role::held_out)) sets.push_back(known_set(options, tissue, generator, some_rows(tissue.sources[s], most, seed)));
  return sets;
}

std::vector<ShownSet> Refinement::shown_sets(std::uint64_t seed, int threads, const StopToken& stop) const {
  const at::NoGradGuard no_gradient;
  std::vector<ShownSet> shown;
  for (const auto& rows : tissue.validation_rows) {
    if (rows.size() < kFewestValidationCells) continue;
    const RefineSets set = known_set(options, tissue, generator, rows, By::unseen);
    const PairHeadsImpl::Output heads = generator.heads_of(tissue, rows, By::unseen);
    PairViews views{heads.distance, heads.local, tissue.components.index_select(0, at::tensor(rows, at::kLong))};
    ShownSet one{set.truth()[0], laid_out_places(views, tissue.dims, options.layout, threads, stop), {}};
    views.from = set.base[0].to(at::kCPU, at::kFloat);
    views.to = refiner.placed(set, seed).to(at::kCPU, at::kFloat);
    one.refined = laid_out_places(views, tissue.dims, options.layout, threads, stop);
    shown.push_back(std::move(one));
  }
  return shown;
}

double Refinement::coverage(std::int64_t most, std::uint64_t seed, const StopToken& stop) const {
  const at::NoGradGuard no_gradient;
  double inside = 0, cells = 0;
  for (const RefineSets& set : held_out_sets(most, seed)) {
    const at::Tensor samples = refiner.sample(set, options.refine.samples, kFirstLevel, false, seed, stop);
    const at::Tensor spread = (samples - samples.mean(0)).square().sum(-1).mean(0) * bessel(options.refine.samples);
    const at::Tensor error = (set.clean[0] - refiner.estimate(set, kFirstLevel, false, seed)).square().sum(-1);
    inside += error.le(spread * (tissue.dims == 3 ? kNinety3 : kNinety2)).sum().item<double>();
    cells += static_cast<double>(set.base.size(1));
  }
  return cells > 0 ? inside / cells : 0;
}

at::Tensor Refinement::refine(const SourceFacts& source, std::uint64_t seed) const {
  const at::NoGradGuard no_gradient;
  const RefineSets set = source_set(options, tissue, generator, source);
  return refiner.placed(set, hash64(source.name, seed)).to(at::kCPU, at::kFloat);
}

at::Tensor Refinement::places(const SourceFacts& source, std::uint64_t seed, int threads, const StopToken& stop) const {
  const PairHeadsImpl::Output heads = generator.heads_of(tissue, source);
  const PairViews views{heads.distance, heads.local, tissue.components.narrow(0, source.first, source.size), scaled_places(heads.distance, tissue.dims),
                        refine(source, seed)};
  return laid_out_places(views, tissue.dims, options.layout, threads, stop);
}

}  // namespace geocyte::plugins::st_edm
