// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugins/st_edm/placing.h"

#include <algorithm>
#include <optional>

#include <ATen/TensorOperators.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/empty_like.h>
#include <ATen/ops/stack.h>
#include <ATen/ops/tensor.h>

#include "engine/core/rng.h"
#include "engine/geometry/rigid.h"
#include "engine/nn/generator.h"
#include "plugins/st_edm/layout.h"

namespace geocyte::plugins::st_edm {
namespace {

constexpr std::int64_t kBlock = 8192;      // cells that the heads see at once
constexpr std::int64_t kMostDrawn = 40'000;   // samples x cells that the refiner draws at once

at::Tensor rows_of(const CellSet& cells, c10::Device device) { return at::tensor(cells.rows, at::kLong).to(device); }

PairHeadsImpl::Output heads_of(const Placing& placing, const at::Tensor& x, const std::optional<at::Generator>& noise = std::nullopt) {
  const PairHeads& heads = placing.generator.heads();
  std::vector<at::Tensor> local, distance;
  for (std::int64_t begin = 0; begin < x.size(0); begin += kBlock) {
    at::Tensor seen = x.narrow(0, begin, std::min(kBlock, x.size(0) - begin)).unsqueeze(0).expand({heads->options().members, -1, -1});
    if (noise && placing.options.heads.noise > 0) seen = seen + at::empty_like(seen).normal_(0, placing.options.heads.noise, *noise);
    const PairHeadsImpl::Output output = heads->forward(seen, noise);
    local.push_back(output.local.to(at::kCPU, at::kFloat));
    distance.push_back(output.distance.to(at::kCPU, at::kFloat));
  }
  return {at::cat(local, 1), at::cat(distance, 1)};
}

}  // namespace

CellSet whole_source(const SourceFacts& source) { return {source.name, source.rows()}; }

at::Tensor Placing::places(const CellSet& cells, std::uint64_t seed, int threads, const StopToken& stop, const Patches& patches) const {
  const at::NoGradGuard no_gradient;
  const PairHeadsImpl::Output heads = heads_of(*this, tissue.input.index_select(0, rows_of(cells, tissue.input.device())));
  PairViews views{heads.distance, heads.local, tissue.components.index_select(0, rows_of(cells, at::kCPU))};
  if (refiner != nullptr) {
    const RefineSets set = known_set(options, tissue, generator, cells.rows);
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
    const RefineSets set = known_set(options, tissue, generator, cells.rows);
    const std::int64_t at_once = std::max<std::int64_t>(1, std::min(count, kMostDrawn / std::max<std::int64_t>(n, 1)));
    for (std::int64_t done = 0; done < count && !stop.stop_requested(); done += at_once)
      made.push_back((refiner->offset(set) + refiner->sample(set, std::min(at_once, count - done), kFirstLevel, false, draws(), stop)).to(at::kCPU, at::kFloat));
  } else {
    const at::Tensor x = tissue.input.index_select(0, rows_of(cells, tissue.input.device()));
    for (std::int64_t done = 0; done < count && !stop.stop_requested();) {
      const at::Tensor distance = heads_of(*this, x, nn::make_generator(draws(), x.device())).distance;
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
