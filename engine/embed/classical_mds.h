// SPDX-License-Identifier: GPL-3.0-or-later
// Classical scaling: coordinates whose inner products are nearest to those that the distances imply.
//
//   B = -1/2 J D^2 J,  J = I - 1 1'/n,   X = U_K diag(sqrt(max(l_K, 0)))       (Torgerson 1952; Gower 1966)
//
// Exact for Euclidean distances of rank K or less. The K largest eigenpairs come from a block Krylov space with restarts, started from
// fixed vectors, so that the same matrix gives the same layout; small matrices are decomposed as a whole.
// Signs: in each column the entry of largest size is positive. Guard: negative eigenvalues (distances that are not Euclidean) give columns of 0.
// Cost O(n^2) a product, some dozens of products.
#pragma once

#include <Eigen/Core>
#include <cstdint>
#include <optional>

#include "engine/core/stop_token.h"

namespace geocyte::embed {

/// `distances` n x n, symmetric, n >= 2; n x dims, centred. Throws Error{bad_data} for a distance that is negative or not finite and
/// Error{internal} for other shapes or dims outside [1, n]. Empty when stopped.
std::optional<Eigen::MatrixXd> classical_mds(const Eigen::MatrixXd& distances, int dims, const StopToken& stop = {});

/// Euclidean distances of the rows of points, n x n.
Eigen::MatrixXd distance_matrix(const Eigen::MatrixXd& points);

/// Throws Error{bad_data} unless all are finite and at least 0, and Error{internal} unless the matrix is square.
void require_distances(const Eigen::MatrixXd& distances);

}  // namespace geocyte::embed
