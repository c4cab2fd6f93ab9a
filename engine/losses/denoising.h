// SPDX-License-Identifier: GPL-3.0-or-later
// The denoising loss in the three forms that are compared. e_b = mean over points and axes of (D - y)^2 of set b, w_b its weight:
//
//   edm:         mean_b w_b e_b                                            (Karras et al. 2022, eq. 2; F = 0 costs 1 with w = 1 / c_out^2)
//   normalised:  sum_b w_b e_b / sum_b w_b                                 (the seed; F = 0 costs about .008 at sigma_data .157: the weight is lost)
//   edm2:        mean_b ( w_b e_b / exp(u_b) + u_b )                       (Karras et al. 2024, eq. 21; u learned, nn/edm.h)
//
// Shapes: prediction, target (B, n, D), mask bool (B, n) or undefined; w, u (B).
#pragma once

#include <ATen/core/Tensor.h>

namespace geocyte::losses {

/// e (B); a set without points has 0.
at::Tensor set_error(const at::Tensor& prediction, const at::Tensor& target, const at::Tensor& mask = {});

at::Tensor denoising_edm(const at::Tensor& error, const at::Tensor& weight);
at::Tensor denoising_normalised(const at::Tensor& error, const at::Tensor& weight);
at::Tensor denoising_edm2(const at::Tensor& error, const at::Tensor& weight, const at::Tensor& log_variance);

}  // namespace geocyte::losses
