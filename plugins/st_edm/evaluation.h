// SPDX-License-Identifier: GPL-3.0-or-later
// What predicted places are worth on sources that training never looked at, and what plain methods make of the same cells.
// One row a score, method and source; the mean over sources is called tissue/SCORE, and tissue/seconds is what a method took for all of them.
// gain/SCORE is the model minus a baseline with the 90 % interval of a paired bootstrap of cells; other intervals are 95 %. SOURCE/SCORE and
// SOURCE/gain_SCORE are the same of one source, where several are judged.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include <ATen/core/Tensor.h>

#include "engine/core/stop_token.h"
#include "engine/train/system.h"
#include "plugins/st_edm/tissue.h"

namespace geocyte::plugins::st_edm {

/// Places (n, d) float on the host for the cells of one source; undefined where the method has none to give.
struct Method {
  std::string name;
  std::function<at::Tensor(const SourceFacts&)> places;
  bool plain = false;                      ///< not made of the model: the verdict compares with these
  std::function<double(const SourceFacts&)> seconds = {};   ///< that its places took, where they may have been made before; else they are timed
};

/// A source of fewer than four cells is not.
bool can_be_judged(const SourceFacts& source);

/// The model first, then what stands beside it (plain_methods.h). A source of fewer than four cells is not judged; a method without places for one
/// is left out, and the verdict says so.
train::Evaluation evaluate_places(const Tissue& tissue, const std::vector<Method>& methods, const train::EvaluationRequest& request, int threads,
                                  const StopToken& stop);

}  // namespace geocyte::plugins::st_edm
