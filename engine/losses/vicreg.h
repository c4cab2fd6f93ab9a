// SPDX-License-Identifier: GPL-3.0-or-later
// Variance-invariance-covariance regularisation: two augmented views of a cell agree, every dimension keeps its spread,
// and dimensions do not repeat each other.
//
//   invariance = mean (z1 - z2)^2                                                            over B and D
//   variance   = 1/2 sum_v mean_j max(0, gamma - sqrt(Var(z_vj) + eps))                      v = 1, 2
//   covariance = sum_v 1/D sum_{i != j} C_v,ij^2,   C_v = (z_v - m_v)' (z_v - m_v) / (B - 1)
//   total      = 25 invariance + 25 variance + 1 covariance
//
// Reference: Bardes, Ponce, LeCun, "VICReg", ICLR 2022, eqs. 1-6. As in the authors' code, the two covariance terms are
// summed, not averaged. On the bare embedding (no expander) the hinge holds the standard deviations near gamma, so that
// ||z|| is near gamma sqrt(D).
// Shapes: z1, z2 (B, D), floating point, B >= 1, D >= 1; else Error{internal}.
// Guards: eps below the root keeps its gradient finite in a constant dimension. One cell has no spread: its variance is
// taken as 0 (hinge at its top, gradient 0) and its covariance as 0. One node with a
// written-out gradient (first_order.h). Cost O(B D^2).
#pragma once

#include <ATen/core/Tensor.h>

namespace geocyte::losses {

struct VicregOptions {
  double invariance = 25, variance = 25, covariance = 1;   ///< weights
  double gamma = 1;                                        ///< wanted standard deviation
  double epsilon = 1e-4;
};

/// Scalars; the three terms are unweighted.
struct VicregTerms {
  at::Tensor invariance, variance, covariance, total;
};

VicregTerms vicreg(const at::Tensor& z1, const at::Tensor& z2, const VicregOptions& options = {});

}  // namespace geocyte::losses
