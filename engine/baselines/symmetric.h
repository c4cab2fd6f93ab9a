// SPDX-License-Identifier: GPL-3.0-or-later
// Powers of a symmetric positive semidefinite matrix.
//
//   C = V diag(l) V',   C^p = V diag(l^p) V'
//
// Guard: eigenvalues up to 1e-12 of the largest are rounding and count as zero; a negative power of zero is zero (the
// pseudo-inverse), so that directions without variance stay without. O(d^3).
#pragma once

#include <Eigen/Core>

namespace geocyte::baselines {

/// Symmetric; p > 0 or p < 0. Reads the lower triangle.
Eigen::MatrixXd symmetric_power(const Eigen::MatrixXd& matrix, double p);

}  // namespace geocyte::baselines
