// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugins/gems/adapter.h"

#include <algorithm>
#include <utility>
#include <vector>

#include <ATen/TensorOperators.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/from_blob.h>

#include "engine/baselines/cells.h"
#include "engine/baselines/coral.h"
#include "engine/baselines/monge.h"
#include "engine/core/error.h"

namespace geocyte::plugins::gems {
namespace {

constexpr double kShrinkage = 0.1;         // of covariances: a source may have fewer cells than dimensions

at::Tensor to_tensor(const Eigen::MatrixXd& matrix) {
  const Eigen::MatrixXf single = matrix.cast<float>();
  // Eigen's columns are this tensor's rows.
  return at::from_blob(const_cast<float*>(single.data()), {matrix.cols(), matrix.rows()}, at::kFloat).t().clone();
}

}  // namespace

nn::SourceMaps fit_adapter(const std::string& method, const at::Tensor& z, const Cells& cells) {
  const at::NoGradGuard no_gradient;
  const baselines::Cells all = baselines::cells_of({z.const_data_ptr<float>(), z.size(0), z.size(1)}, cells.source_of_cell,
                                                   static_cast<int>(cells.sources.size()));
  auto rows = cells.by_source(cells.split.train);
  auto held_out = cells.by_source(cells.split.held_out);
  const auto modalities = cells.modality_of_source();
  const bool two_modalities = std::adjacent_find(modalities.begin(), modalities.end(), std::not_equal_to<>()) != modalities.end();
  std::vector<Eigen::Index> reference;
  std::vector<std::string> names;
  for (std::size_t s = 0; s < rows.size(); ++s) {
    names.push_back(cells.sources[s].name);
    if (!two_modalities || modalities[s] == kSpots) reference.insert(reference.end(), rows[s].begin(), rows[s].end());
    if (rows[s].empty()) rows[s] = std::move(held_out[s]);
    if (rows[s].size() < 2)
      throw Error(ErrorCode::bad_data, "source " + names.back() + " has too few cells for an adapter", "set adapter: none, or give it more cells");
  }
  if (reference.size() < 2)
    throw Error(ErrorCode::bad_data, "no slide has training cells, so the adapter has no reference", "set adapter: none, or train on a slide");
  const baselines::Moments to = baselines::moments_of(all.x, reference);
  const Eigen::MatrixXd wanted = baselines::shrunk(to.covariance, kShrinkage);
  nn::SourceMaps maps(names, z.size(1));
  for (std::size_t s = 0; s < rows.size(); ++s) {
    const std::vector<Eigen::Index> own_rows(rows[s].begin(), rows[s].end());
    const baselines::Moments own = baselines::moments_of(all.x, own_rows);
    const Eigen::MatrixXd given = baselines::shrunk(own.covariance, kShrinkage);
    const auto at = static_cast<std::int64_t>(s);
    maps->from[at].copy_(to_tensor(own.mean).squeeze(0));
    maps->linear[at].copy_(to_tensor(method == "coral" ? baselines::coral_map(given, wanted) : baselines::monge_map(given, wanted)));
    maps->to[at].copy_(to_tensor(to.mean).squeeze(0));
  }
  return maps;
}

std::optional<nn::SourceMaps> exported_maps(const Cells& cells, const nn::DomainNorm& norm, const std::optional<nn::SourceMaps>& adapter) {
  if (norm.is_empty()) return adapter;
  const at::NoGradGuard no_gradient;
  const auto first = norm->affine();
  std::vector<std::string> names;
  for (const SourceFacts& source : cells.sources) names.push_back(source.name);
  nn::SourceMaps maps(std::move(names), first.mean.size(1));
  maps->from.copy_(first.mean);
  maps->linear.copy_(first.factor.diag_embed());
  maps->to.copy_(first.shift);
  if (!adapter) return maps;
  // ((z - f1) L1 + t1 - f2) L2 + t2
  const nn::SourceMaps& second = *adapter;
  maps->to.copy_((maps->to - second->from).unsqueeze(1).matmul(second->linear).squeeze(1) + second->to);
  maps->linear.copy_(maps->linear.matmul(second->linear));
  return maps;
}

}  // namespace geocyte::plugins::gems
