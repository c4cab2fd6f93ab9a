// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugins/st_edm/refinement.h"

#include <algorithm>
#include <numeric>

#include <ATen/TensorOperators.h>
#include <ATen/core/grad_mode.h>

#include "engine/core/rng.h"
#include "plugins/st_edm/geometry_scores.h"
#include "plugins/st_edm/layout.h"

namespace geocyte::plugins::st_edm {
namespace {

constexpr int kRounds = 400;
/// 90 % quantiles of chi-squared over its degrees of freedom: of r^2 over its mean, for a normal law in two and three dimensions.
constexpr double kNinety2 = 2.302585, kNinety3 = 2.083796;

/// The variance about the mean of K samples is too small by (K - 1) / K.
constexpr double bessel(std::int64_t count) { return static_cast<double>(count) / static_cast<double>(count - 1); }

}  // namespace

std::vector<std::int64_t> some_rows(const SourceFacts& source, std::int64_t most, std::uint64_t seed) {
  std::vector<std::int64_t> rows(static_cast<std::size_t>(source.size));
  std::iota(rows.begin(), rows.end(), source.first);
  if (source.size <= most) return rows;
  Rng rng(hash64(source.name, seed));
  for (std::size_t i = 0; i < static_cast<std::size_t>(most); ++i) std::swap(rows[i], rows[i + static_cast<std::size_t>(rng.below(rows.size() - i))]);
  rows.resize(static_cast<std::size_t>(most));
  std::sort(rows.begin(), rows.end());
  return rows;
}

std::vector<RefineSets> Refinement::validation_sets() const {
  std::vector<RefineSets> sets;
  for (const auto& rows : tissue.validation_rows)
    if (rows.size() >= kFewestValidationCells) sets.push_back(known_set(tissue, generator, rows));
  return sets;
}

std::vector<RefineSets> Refinement::held_out_sets(std::int64_t most, std::uint64_t seed) const {
  std::vector<RefineSets> sets;
  for (const std::size_t s : tissue.sources_with(Role::held_out)) sets.push_back(known_set(tissue, generator, some_rows(tissue.sources[s], most, seed)));
  return sets;
}

Acceptance judge(const Denoiser& denoiser, const std::vector<RefineSets>& validation, const SkillPanel& panel, std::uint64_t seed) {
  const at::NoGradGuard no_gradient;
  std::vector<double> gains;
  for (const RefineSets& set : validation) {
    const at::Tensor truth = set.truth()[0];
    const std::vector<double> after = row_spearman(denoiser.placed(set, seed), truth), before = row_spearman(set.base[0], truth);
    for (std::size_t i = 0; i < after.size(); ++i) gains.push_back(after[i] - before[i]);
  }
  Acceptance made;
  made.cells = static_cast<std::int64_t>(gains.size());
  if (gains.empty()) return made;
  made.gain = mean_of(gains);
  Rng rng(hash64("acceptance", seed));
  std::vector<double> again;
  for (int round = 0; round < kRounds; ++round) {
    double sum = 0;
    for (std::size_t i = 0; i < gains.size(); ++i) sum += gains[static_cast<std::size_t>(rng.below(gains.size()))];
    again.push_back(sum / static_cast<double>(gains.size()));
  }
  std::sort(again.begin(), again.end());
  made.low = again[kRounds / 20];
  made.high = again[kRounds - 1 - kRounds / 20];
  bool denoises = false, harms = false;
  for (const SkillLevel& level : panel.levels) {
    if (level.sigma > kAcceptedLevel) continue;
    made.worst_ratio = std::max(made.worst_ratio, level.ratio);
    denoises = denoises || level.high < 1;
    harms = harms || level.low > 1;
  }
  made.accepted = made.low > 0 && denoises && !harms;
  return made;
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

RefinedSource Refinement::refine(const SourceFacts& source, std::uint64_t seed, const StopToken& stop) const {
  const at::NoGradGuard no_gradient;
  const RefineSets set = source_set(tissue, generator, source);
  const at::Tensor samples = refiner.sample(set, options.refine.samples, kFirstLevel, false, hash64(source.name, seed), stop);   // (K, n, d)
  const at::Tensor estimate = refiner.estimate(set, kFirstLevel, false, hash64(source.name, seed));
  return {(set.base[0] + estimate).to(at::kCPU, at::kFloat), (samples - samples.mean(0)).square().sum(-1).mean(0).sqrt().to(at::kCPU, at::kFloat)};
}

at::Tensor Refinement::places(const SourceFacts& source, std::uint64_t seed, int threads, const StopToken& stop) const {
  const PairHeadsImpl::Output heads = generator.heads_of(tissue, source);
  const at::Tensor refined = refine(source, seed, stop).places;
  return laid_out_places({refined.unsqueeze(0), heads.local, tissue.components.narrow(0, source.first, source.size)}, tissue.dims, options.layout, threads, stop);
}

}  // namespace geocyte::plugins::st_edm
