// SPDX-License-Identifier: GPL-3.0-or-later
// The optimal transport map between two Gaussians for squared Euclidean cost, and its cost.
//
//   A = C_s^{-1/2} (C_s^{1/2} C_r C_s^{1/2})^{1/2} C_s^{-1/2},   A = A' >= 0,   A C_s A = C_r
//   W_2^2 = ||m_s - m_r||^2 + tr(C_s + C_r - 2 (C_s^{1/2} C_r C_s^{1/2})^{1/2})         (Bures)
//
// Dowson & Landau 1982, doi:10.1016/0047-259X(82)90077-X; Takatsu 2011. A is symmetric, so no direction is turned into
// another for nothing, which CORAL does. Exact for Gaussians; for others it matches the first two moments.
#pragma once

#include "engine/baselines/source_maps.h"

namespace geocyte::baselines {

/// d x d, symmetric positive semidefinite.
Eigen::MatrixXd monge_map(const Eigen::MatrixXd& from, const Eigen::MatrixXd& to);

/// tr(C + D - 2 (C^{1/2} D C^{1/2})^{1/2}), at least 0.
double bures_squared(const Eigen::MatrixXd& c, const Eigen::MatrixXd& d);

/// See source_maps.h for shapes and errors.
SourceMaps fit_monge(const Cells& training, std::span<const std::uint8_t> reference, double shrinkage = 0.1,
                     ReferenceSources treated = ReferenceSources::moved);

}  // namespace geocyte::baselines
