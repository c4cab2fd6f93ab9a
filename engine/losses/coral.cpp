// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/losses/coral.h"

#include <ATen/TensorOperators.h>

#include "engine/core/check.h"

namespace geocyte::losses {

at::Tensor coral(const Moments& a, const Moments& b, CoralForm form) {
  require_shape("the second mean of CORAL", b.mean.sizes(), a.mean.sizes());
  const auto between_covariances = (a.covariance - b.covariance).pow(2).mean();
  if (form == CoralForm::deep_coral) return 0.25 * between_covariances;
  return (a.mean - b.mean).pow(2).mean() + between_covariances;
}

at::Tensor coral(const at::Tensor& a, const at::Tensor& b, CoralForm form) { return coral(moments_of(a), moments_of(b), form); }

}  // namespace geocyte::losses
