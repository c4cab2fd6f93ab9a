// SPDX-License-Identifier: GPL-3.0-or-later
// What the two heads of pair_heads.h minimise, on B cells of one slide with known distances d_ij.
//
//   neighbours   - mean_i sum_j q_ij log p_ij,  p_i. = softmax_j(t <z_i, z_j>),  q_ij = exp(-d_ij^2 / 2h^2) / sum_j'      (j != i)
//                after Goldberger et al. 2004, eq. 1, with soft targets; the mean over the widths h
//   distance     mean_ij (|u_i - u_j| - d_ij)^2
//
// Guard: |u_i - u_j| = sqrt(|.|^2 + 1e-6), whose gradient is finite where two cells agree.
// Shapes: z (M, B, L), u (M, B, D), d (M, B, B), t (M, widths) -> scalars, means over the members. Cost O(M B^2 (L + D + widths)).
#pragma once

#include <ATen/core/Tensor.h>

#include <vector>

namespace geocyte::plugins::st_edm {

/// (M, B, B) from (M, B, D).
at::Tensor smooth_distances(const at::Tensor& u);

at::Tensor neighbour_loss(const at::Tensor& z, const at::Tensor& sharpness, const at::Tensor& d, const std::vector<double>& widths);

at::Tensor distance_loss(const at::Tensor& u, const at::Tensor& d);

}  // namespace geocyte::plugins::st_edm
