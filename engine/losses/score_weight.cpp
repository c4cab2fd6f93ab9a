// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/losses/score_weight.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/where.h>

#include "engine/core/check.h"

namespace geocyte::losses {

at::Tensor score_weight(const at::Tensor& sigma, double sigma_data, const ScoreWeightOptions& options) {
  require(sigma_data > 0 && options.pivot > 0 && options.cap >= 0, "weights of noise levels need sigma_data and pivot above 0, and a cap of 0 or more");
  const auto s = sigma.detach();
  const auto high = s > options.pivot;
  auto w = (s * s + sigma_data * sigma_data) / (s * sigma_data).pow(2);
  w = at::where(high, w * (s / options.pivot).pow(options.power), w);
  if (options.cap > 0) w = (w / options.cap).tanh() * options.cap;
  return at::where(high, w * options.boost, w);
}

}  // namespace geocyte::losses
