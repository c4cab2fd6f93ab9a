// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugins/st_edm/plain_methods.h"

#include <ATen/ops/empty.h>

#include "engine/baselines/spatial_task.h"

namespace geocyte::plugins::st_edm {
namespace {

using RowMajor = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

Eigen::MatrixXd rows_of(const at::Tensor& values, const std::vector<std::int64_t>& rows) {
  const at::Tensor host = values.to(at::kCPU, at::kFloat).contiguous();
  const Eigen::Map<const RowMajor> all(host.const_data_ptr<float>(), host.size(0), host.size(1));
  return all(rows, Eigen::all).cast<double>();
}

std::vector<std::int32_t> types_of(const Tissue& tissue, const std::vector<std::int64_t>& rows) {
  std::vector<std::int32_t> types;
  if (tissue.types.categories.empty()) return types;
  for (const std::int64_t row : rows) types.push_back(tissue.types.codes[static_cast<std::size_t>(row)]);
  return types;
}

std::vector<std::int64_t> all_rows(const SourceFacts& source) {
  std::vector<std::int64_t> rows;
  for (std::int64_t i = 0; i < source.size; ++i) rows.push_back(source.first + i);
  return rows;
}

baselines::SpatialTask task_of(const Tissue& tissue, const SourceFacts& test) {
  baselines::SpatialTask task;
  for (const std::size_t s : tissue.sources_with(Role::train)) {
    const auto& rows = tissue.train_rows[s];
    task.training.push_back({rows_of(tissue.components, rows), rows_of(tissue.places, rows), types_of(tissue, rows)});
  }
  const auto rows = all_rows(test);
  task.test = {rows_of(tissue.components, rows), {}, types_of(tissue, rows)};
  return task;
}

at::Tensor to_tensor(const Eigen::MatrixXd& places) {
  const at::Tensor out = at::empty({places.rows(), places.cols()}, at::kFloat);
  Eigen::Map<RowMajor>(out.mutable_data_ptr<float>(), places.rows(), places.cols()) = places.cast<float>();
  return out;
}

}  // namespace

std::vector<Method> plain_methods(const Tissue& tissue, std::uint64_t seed, int threads, const StopToken& stop) {
  std::vector<Method> methods;
  for (const baselines::SpatialBaseline& baseline : baselines::spatial_baselines())
    methods.push_back({baseline.name,
                       [&tissue, seed, threads, stop, place = baseline.place, most = baseline.most_cells](const SourceFacts& source) {
                         baselines::SpatialTask task = task_of(tissue, source);
                         for (const auto& slide : task.training)
                           if (most > 0 && std::max(slide.features.rows(), source.size) > most) return at::Tensor();
                         task.seed = seed;
                         task.threads = threads;
                         task.stop = stop;
                         const auto places = place(task);
                         return places ? to_tensor(*places) : at::Tensor();
                       },
                       true});
  return methods;
}

}  // namespace geocyte::plugins::st_edm
