// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugins/gems/linear_base.h"

#include <algorithm>

#include <ATen/TensorOperators.h>
#include <ATen/ops/zeros.h>

#include "engine/nn/source_scores.h"

namespace geocyte::plugins::gems {

at::Tensor linear_base(const Cells& cells, const GemsOptions& options) {
  nn::SourceScoresOptions how;
  how.components = std::min({options.encoder.components, options.encoder.latent, cells.genes(), static_cast<std::int64_t>(cells.split.train.size()) - 1});
  how.scale = nn::ScoreScale::spread;
  how.genes = cells.recipe.by_source() == preprocess::BySource::standardise ? nn::GeneScale::unit : nn::GeneScale::kept;
  std::vector<std::int64_t> numbers;
  std::int64_t trained = 0;
  for (const auto& rows : cells.by_source(cells.split.train)) numbers.push_back(rows.empty() ? -1 : trained++);
  const auto scores = nn::SourceScores::fit(cells.expression, cells.labels_in_training(numbers), trained, how);
  at::Tensor base = at::zeros({cells.genes(), options.encoder.latent}, scores.loadings.options());
  base.narrow(1, 0, scores.components()).copy_(scores.loadings / scores.variance.mean().clamp_min(1e-12).sqrt());
  return base;
}

}  // namespace geocyte::plugins::gems
