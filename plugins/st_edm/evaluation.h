// SPDX-License-Identifier: GPL-3.0-or-later
// What predicted places are worth on sources that training never looked at, and what plain methods make of the same cells.
// One row a score, method and source; the mean over sources is called tissue/SCORE. gain/SCORE is the model minus a baseline with the 90 %
// interval of a paired bootstrap of cells; other intervals are 95 %.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include <ATen/core/Tensor.h>

#include "engine/core/stop_token.h"
#include "engine/train/system.h"
#include "plugins/st_edm/tissue.h"

namespace geocyte::plugins::st_edm {

/// Places (n, d) float on the host for the cells of one source.
struct Method {
  std::string name;
  std::function<at::Tensor(const SourceFacts&)> places;
  bool plain = false;                      ///< not made of the model: the verdict compares with these
};

/// The model first, then what stands beside it.
train::Evaluation evaluate_places(const Tissue& tissue, const std::vector<Method>& methods, const train::EvaluationRequest& request, int threads,
                                  const StopToken& stop);

/// chance, pca, umap.
std::vector<Method> plain_methods(const Tissue& tissue, std::uint64_t seed);

}  // namespace geocyte::plugins::st_edm
