// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/losses/learned_branch.h"

#include <ATen/TensorOperators.h>

#include <array>

#include "engine/core/check.h"
#include "engine/geometry/sets.h"
#include "engine/losses/gram_match.h"

namespace geocyte::losses {

LearnedBranch learned_branch(const at::Tensor& denoised, const SetTarget& clean, const at::Tensor& noisy, const at::Tensor& skip) {
  require_shape("noisy sets", noisy.sizes(), denoised.sizes());
  require_shape("clean sets", clean.points.sizes(), denoised.sizes());
  require_shape("shares that are passed on", skip.sizes(), std::array{denoised.size(0)});
  const auto passed = skip.detach().view({-1, 1, 1}) * geometry::centred(noisy.detach(), clean.mask);
  LearnedBranch branch{geometry::centred(denoised, clean.mask) - passed, clean};
  branch.target.points = geometry::centred(clean.points, clean.mask) - passed;
  return branch;
}

at::Tensor out_scale(const LearnedBranch& branch) { return size_match(branch.prediction, branch.target); }

at::Tensor gram_learn(const LearnedBranch& branch) { return gram_match(branch.prediction, branch.target, false); }

}  // namespace geocyte::losses
