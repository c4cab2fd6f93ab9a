// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugins/st_edm/off_tissue.h"

#include <algorithm>

#include <ATen/TensorOperators.h>
#include <ATen/ops/index_select.h>
#include <ATen/ops/tensor.h>

#include "engine/kernels/knn.h"

namespace geocyte::plugins::st_edm {
namespace {

constexpr std::int64_t kMostMeasured = 2000;
constexpr int kNeighbour = 10;
constexpr double kQuantile = 0.95, kItself = 1e-3;   // of the unit: nearer than that is the cell itself

/// Distance to the k-th nearest of the profile; a nearest one within `itself` does not count.
std::vector<float> kth_distances(const at::Tensor& profile, const at::Tensor& cells, double itself, int threads) {
  const at::Tensor references = profile.contiguous(), queries = cells.contiguous();
  const int k = std::min<int>(kNeighbour + 1, static_cast<int>(references.size(0)));
  const kernels::KnnGraph graph = kernels::exact_knn({references.const_data_ptr<float>(), references.size(0), references.size(1)},
                                                     {queries.const_data_ptr<float>(), queries.size(0), queries.size(1)}, {.k = k, .threads = threads});
  std::vector<float> distances;
  for (std::int64_t i = 0; i < graph.rows; ++i) {
    const float* own = graph.distance.data() + i * k;
    const int last = own[0] <= itself ? k - 1 : std::max(0, k - 2);
    distances.push_back(own[last]);
  }
  return distances;
}

}  // namespace

TrainingProfile training_profile(const at::Tensor& components, const std::vector<std::int64_t>& training) {
  const auto n = static_cast<std::int64_t>(training.size()), count = std::min(n, kMostMeasured);
  std::vector<std::int64_t> even;
  for (std::int64_t i = 0; i < count; ++i) even.push_back(training[static_cast<std::size_t>(i * n / count)]);
  TrainingProfile made;
  made.cells = components.index_select(0, at::tensor(even, at::kLong)).contiguous();
  std::vector<float> own = kth_distances(made.cells, made.cells, 0, 1);
  std::sort(own.begin(), own.end());
  made.unit = std::max(1e-12, static_cast<double>(own[static_cast<std::size_t>(kQuantile * static_cast<double>(own.size() - 1) + 0.5)]));
  return made;
}

at::Tensor off_tissue_scores(const TrainingProfile& profile, const at::Tensor& components, int threads) {
  const std::vector<float> distances = kth_distances(profile.cells, components, kItself * profile.unit, threads);
  return at::tensor(distances, at::kFloat) / profile.unit;
}

}  // namespace geocyte::plugins::st_edm
