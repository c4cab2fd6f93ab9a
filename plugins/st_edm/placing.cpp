// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugins/st_edm/placing.h"

#include <algorithm>

#include <ATen/TensorOperators.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/stack.h>
#include <ATen/ops/tensor.h>

#include "engine/core/rng.h"
#include "engine/geometry/rigid.h"
#include "engine/nn/generator.h"
#include "plugins/st_edm/layout.h"

namespace geocyte::plugins::st_edm {
namespace {

constexpr std::int64_t kMostDrawn = 40'000;   // samples x cells that the refiner draws at once

}  // namespace

CellSet whole_source(const SourceFacts& source) { return {source.name, source.rows()}; }

at::Tensor Placing::places(const CellSet& cells, std::uint64_t seed, int threads, const StopToken& stop, const Patches& patches) const {
  const at::NoGradGuard no_gradient;
  const PairHeadsImpl::Output heads = generator.heads_of(tissue, cells.rows, by);
  PairViews views{heads.distance, heads.local, tissue.components.index_select(0, at::tensor(cells.rows, at::kLong))};
  if (refiner != nullptr) {
    const RefineSets set = known_set(options, tissue, generator, cells.rows, by);
    views.from = set.base[0].to(at::kCPU, at::kFloat);
    views.to = refiner->placed(set, hash64(cells.name, seed)).to(at::kCPU, at::kFloat);
  }
  if (views.distance.size(1) > patches.at_once) return laid_out_in_patches(views, tissue.dims, options.layout, threads, stop, std::min(kMostAtOnce, patches.at_once), patches.progress);
  return laid_out_at_once(views, tissue.dims, options.layout, threads, stop);
}

at::Tensor Placing::samples(const CellSet& cells, const at::Tensor& places, std::uint64_t seed, const StopToken& stop) const {
  const at::NoGradGuard no_gradient;
  const std::int64_t count = options.refine.samples;
  const auto n = static_cast<std::int64_t>(cells.rows.size());
  Rng draws(hash64(cells.name, seed));
  std::vector<at::Tensor> made;
  if (refiner != nullptr) {
    const RefineSets set = known_set(options, tissue, generator, cells.rows, by);
    const std::int64_t at_once = std::max<std::int64_t>(1, std::min(count, kMostDrawn / std::max<std::int64_t>(n, 1)));
    for (std::int64_t done = 0; done < count && !stop.stop_requested(); done += at_once)
      made.push_back((refiner->offset(set) + refiner->sample(set, std::min(at_once, count - done), kFirstLevel, false, draws(), stop)).to(at::kCPU, at::kFloat));
  } else {
    for (std::int64_t done = 0; done < count && !stop.stop_requested();) {
      const at::Tensor distance = generator.noised_heads_of(tissue, cells.rows, options.heads.noise, nn::make_generator(draws(), tissue.input.device()), by).distance;
      for (std::int64_t m = 0; m < distance.size(0) && done < count; ++m, ++done) made.push_back(scaled_places(distance.narrow(0, m, 1), tissue.dims).unsqueeze(0));
    }
  }
  if (made.empty()) return places.unsqueeze(0);
  const at::Tensor all = at::cat(made);
  return geometry::fit_rigid(all, places.unsqueeze(0).expand_as(all)).apply(all);
}

std::string Placing::source_of_samples() const {
  return refiner != nullptr ? "samples of the refiner" : "samples of members of the ensemble, with the noise and dropout of training";
}

at::Tensor spread_about(const at::Tensor& samples, const at::Tensor& places) { return (samples - places).square().sum(-1).mean(0).sqrt(); }

}  // namespace geocyte::plugins::st_edm
