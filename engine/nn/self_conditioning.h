// SPDX-License-Identifier: GPL-3.0-or-later
// Self-conditioning (Chen, Zhang & Hinton, Analog Bits, ICLR 2023): the network is also shown its own last estimate of the clean set.
//
//   training: with probability p, decided by the caller once a step:   c = stop_gradient(D(x, 0)),  else c = 0;   loss of D(x, c)
//   sampling: c = the estimate of the step before
//
// With p = 1 the branch without a condition would never learn, so that the first sampling step would be untrained: use p near .5.
#pragma once

#include <ATen/core/Tensor.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/zeros_like.h>

namespace geocyte::nn {

/// What to condition on in training: predict(zeros) without gradient where `twice`, else zeros. `like` has the shape of a set.
template <class Predict>
at::Tensor self_condition(const Predict& predict, const at::Tensor& like, bool twice) {
  const auto nothing = at::zeros_like(like);
  if (!twice) return nothing;
  const c10::NoGradGuard no_gradient;
  return predict(nothing).detach();
}

}  // namespace geocyte::nn
