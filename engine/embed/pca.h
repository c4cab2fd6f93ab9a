// SPDX-License-Identifier: GPL-3.0-or-later
// Principal component analysis, exact.
//
//   C = (X - 1 m')' (X - 1 m') / (n - 1) = V diag(l) V',   scores = (X - 1 m') V      (Jolliffe 2002, ch. 3)
//
// The smaller of the covariance (d x d) and the Gram matrix (n x n) is decomposed, in double (Eigen). It is exact and,
// up to a few thousand dimensions, faster than iterative methods, which also miss directions of similar variance.
// Signs: in each component the entry of largest size is positive, so that the answer is one and the same on every machine.
// Guards: components whose variance is below 1e-12 of the first are rounding noise in the Gram form and are left out.
// Cost: O(n d min(n, d) + min(n, d)^3).
#pragma once

#include <Eigen/Core>
#include <cstdint>
#include <vector>

#include "engine/kernels/points.h"

namespace geocyte::embed {

struct Pca {
  Eigen::RowVectorXd mean;              ///< d
  Eigen::MatrixXd components;           ///< d x r, orthonormal columns
  Eigen::VectorXd variance;             ///< r, falling, unbiased
  double total_variance = 0;            ///< trace of the covariance

  std::int64_t count() const { return components.cols(); }
  /// Share of the total variance of component i (0 when nothing varies).
  double explained(std::int64_t i) const;
  /// Share of all components together.
  double explained() const;
  /// Scores of points of the same dimension, rows x r.
  Eigen::MatrixXd transform(const kernels::Points& points) const;
  /// The same as float, row-major.
  std::vector<float> transform_to_float(const kernels::Points& points) const;
};

inline constexpr std::int64_t kMaxPcaSide = 3000;   ///< largest min(n, d)

/// At most `components`, fewer where rank or dimension give fewer. Throws Error{bad_data} for fewer than two points, no
/// dimension, or a value that is not finite, and Error{bad_config} when min(n, d) exceeds kMaxPcaSide.
Pca fit_pca(const kernels::Points& points, int components);

}  // namespace geocyte::embed
