// SPDX-License-Identifier: GPL-3.0-or-later
#include <vector>

#include <ATen/ops/from_blob.h>

#include "engine/core/rng.h"
#include "engine/embed/knn.h"
#include "engine/embed/umap.h"
#include "plugins/st_edm/evaluation.h"

namespace geocyte::plugins::st_edm {
namespace {

constexpr int kNeighbours = 15, kEpochs = 300;

/// The places of a training-free guess: the source's own places would be a leak, so normal numbers.
at::Tensor guessed(const SourceFacts& source, std::int64_t dims, std::uint64_t seed) {
  Rng rng(hash64("chance/" + source.name, seed));
  std::vector<float> values(static_cast<std::size_t>(source.size * dims));
  for (float& value : values) value = static_cast<float>(rng.normal());
  return at::from_blob(values.data(), {source.size, dims}, at::kFloat).clone();
}

at::Tensor umap_of(const at::Tensor& components, std::uint64_t seed) {
  const at::Tensor points = components.contiguous();
  kernels::KnnOptions options;
  options.k = kNeighbours;
  options.metric = kernels::Metric::cosine;
  const auto graph = embed::neighbour_graph({points.const_data_ptr<float>(), points.size(0), points.size(1)}, options);
  embed::UmapOptions how;
  how.epochs = kEpochs;
  how.seed = seed;
  embed::Umap umap(graph, how);
  umap.run(kEpochs);
  const auto layout = umap.layout();
  return at::from_blob(const_cast<float*>(layout.data()), {points.size(0), 2}, at::kFloat).clone();
}

}  // namespace

std::vector<Method> plain_methods(const Tissue& tissue, std::uint64_t seed) {
  const auto components = [&tissue](const SourceFacts& source) { return tissue.components.narrow(0, source.first, source.size); };
  return {{"chance", [&tissue, seed](const SourceFacts& source) { return guessed(source, tissue.dims, seed); }, true},
          {"pca", [components](const SourceFacts& source) { return components(source).narrow(1, 0, 2); }, true},
          {"umap", [components, seed](const SourceFacts& source) { return umap_of(components(source), seed); }, true}};
}

}  // namespace geocyte::plugins::st_edm
