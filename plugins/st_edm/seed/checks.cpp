// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugins/st_edm/seed/checks.h"

#include <algorithm>
#include <cmath>

#include <ATen/TensorOperators.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/empty_like.h>
#include <ATen/ops/full.h>
#include <ATen/ops/zeros_like.h>

#include "engine/geometry/distances.h"
#include "engine/geometry/sets.h"
#include "engine/nn/generator.h"

namespace geocyte::plugins::st_edm {
namespace {

constexpr std::int64_t kNearest = 10;
constexpr double kHighLevel = 4.5;         // in units of S

at::Tensor noisy(const at::Tensor& clean, double sigma, std::uint64_t seed) {
  return clean + sigma * at::empty_like(clean).normal_(0, 1, nn::make_generator(seed, clean.device()));
}

at::Tensor level_of(const at::Tensor& like, double sigma) { return at::full({like.size(0)}, sigma, like.options()); }

std::int64_t nearest_of(const RefineSets& set) { return std::min(kNearest, set.base.size(1) - 1); }

double mean_over(const std::vector<RefineSets>& sets, const auto& value) {
  double sum = 0;
  for (const RefineSets& set : sets) sum += value(set);
  return sets.empty() ? 0 : sum / static_cast<double>(sets.size());
}

}  // namespace

at::Tensor shared_neighbours(const at::Tensor& a, const at::Tensor& b, std::int64_t k) {
  const auto near = [k](const at::Tensor& x) {
    const at::Tensor y = x.unsqueeze(0), pairs = geometry::pair_mask(y);
    const at::Tensor nearest = geometry::nearest_columns(geometry::pair_distances(y), pairs, k)[0];
    return at::zeros_like(pairs[0]).scatter_(-1, nearest, true);
  };
  return (near(a) & near(b)).sum(-1);
}

PhaseCheck check_phase(const SeedModel& model, const std::vector<RefineSets>& sets, double sigma, std::uint64_t seed) {
  const at::NoGradGuard no_gradient;
  PhaseCheck made;
  for (const RefineSets& set : sets) {
    const at::Tensor d = model.denoise(set, noisy(set.clean, sigma, ++seed), level_of(set.clean, sigma));
    const auto k = static_cast<double>(nearest_of(set));
    const at::Tensor shared = shared_neighbours(d[0], set.clean[0], nearest_of(set)).to(at::kDouble);
    made.scale += (geometry::rms_radius(d) / geometry::rms_radius(set.clean)).item<double>() / static_cast<double>(sets.size());
    made.jaccard += (shared / (2 * k - shared)).mean().item<double>() / static_cast<double>(sets.size());
  }
  return made;
}

Conditioning conditioning_of(const SeedModel& model, const std::vector<RefineSets>& sets, std::uint64_t seed) {
  const at::NoGradGuard no_gradient;
  const double sigma = kHighLevel * model.sigma_data();
  Conditioning made;
  for (const RefineSets& set : sets) {
    const at::Tensor x = noisy(set.clean, sigma, ++seed);
    const at::Tensor with = model.output(set.features, x, {}, level_of(x, sigma)), without = model.output(at::zeros_like(set.features), x, {}, level_of(x, sigma));
    const double size = std::max(1e-12, with.norm().item<double>());
    made.difference += (with - without).norm().item<double>() / size / static_cast<double>(sets.size());
    made.f_ratio += without.norm().item<double>() / size / static_cast<double>(sets.size());
  }
  return made;
}

double open_loop_recall(const SeedModel& model, const std::vector<RefineSets>& sets, double level, std::uint64_t seed, const StopToken& stop) {
  const at::NoGradGuard no_gradient;
  return mean_over(sets, [&](const RefineSets& set) {
    const std::int64_t k = nearest_of(set);
    return shared_neighbours(model.from_noise(set, level, ++seed, stop), set.clean[0], k).to(at::kDouble).mean().item<double>() / static_cast<double>(k);
  });
}

}  // namespace geocyte::plugins::st_edm
