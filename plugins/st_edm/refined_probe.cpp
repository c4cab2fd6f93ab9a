// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugins/st_edm/refined_probe.h"

#include <algorithm>
#include <limits>

#include <ATen/TensorOperators.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/full.h>
#include <ATen/ops/tensor.h>
#include <fmt/format.h>

#include "engine/core/error.h"
#include "engine/core/rng.h"
#include "engine/geometry/rigid.h"
#include "plugins/st_edm/frames.h"
#include "plugins/st_edm/refinement.h"

namespace geocyte::plugins::st_edm {
namespace {

constexpr std::int64_t kMostCells = 400, kFewestCells = 8;

std::vector<const SourceFacts*> asked_sources(const Tissue& tissue, const std::string& name) {
  std::vector<const SourceFacts*> sources;
  for (const SourceFacts& source : tissue.sources)
    if (name.empty() || source.name == name) sources.push_back(&source);
  if (sources.empty()) throw Error(ErrorCode::bad_config, "the run has no source '" + name + "'", "ask for one of its sources, or for none to see all");
  return sources;
}

}  // namespace

NamedArray refined_probe(const Tissue& tissue, const at::Tensor& joint, const RefineRows& refine, double sigma, const std::string& name, std::uint64_t seed) {
  const at::NoGradGuard no_gradient;
  const auto sources = asked_sources(tissue, name);
  std::int64_t cells = 0, shown = 0;
  for (const SourceFacts* source : sources) cells += source->size;
  at::Tensor places = at::full({tissue.count(), tissue.dims}, std::numeric_limits<float>::quiet_NaN(), at::kFloat);
  const at::Tensor truth = tissue.places.to(at::kCPU, at::kFloat), turned = turned_places(tissue, joint);
  for (const SourceFacts* source : sources) {
    const std::int64_t most = std::max(kFewestCells, kMostCells * source->size / std::max<std::int64_t>(cells, 1));
    const std::vector<std::int64_t> rows = some_rows(*source, most, seed);
    const at::Tensor at_rows = at::tensor(rows, at::kLong);
    const at::Tensor made = refine(rows, hash64(source->name, seed)).to(at::kCPU, at::kFloat);
    const at::Tensor onto = (source->has_places() ? truth : turned).index_select(0, at_rows);
    places.index_copy_(0, at_rows, geometry::fit_rigid(made, onto).apply(made));
    shown += static_cast<std::int64_t>(rows.size());
  }
  return make_array<float>("coordinates/probe", {places.const_data_ptr<float>(), static_cast<std::size_t>(places.numel())}, {places.size(0), places.size(1)},
                           {"cell", "xy"}, "points",
                           fmt::format("refined from σ = {:.2f} σ_data, {} cells, seed {}", sigma, shown, seed));
}

}  // namespace geocyte::plugins::st_edm
