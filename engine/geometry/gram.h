// SPDX-License-Identifier: GPL-3.0-or-later
// The Gram matrix of a set and its factor: coordinates in the set's own frame.
//
//   G = Y Y',  Y = x - mean;      G = U diag(l) U',   V = U_K diag(sqrt(max(l, 0))),   V V' = the nearest matrix of rank K
//   (classical scaling: Torgerson 1952; Gower 1966)
//
// A factor knows G up to a rotation only: columns come by falling l, their signs and, where eigenvalues are equal, their axes
// mean nothing. Here the entry of largest size of a column is positive, so that the answer is one and the same everywhere.
// Factors are targets: computed in float64 and without gradient. Columns beyond the rank are 0.
// Shapes: x (..., n, D), mask (..., n) as in sets.h; G (..., n, n). Cost: of points O(n D^2), of a Gram matrix O(n^3).
#pragma once

#include <ATen/core/Tensor.h>

namespace geocyte::geometry {

/// Gram matrix about the mean, 0 in padded rows and columns; differentiable.
at::Tensor gram(const at::Tensor& x, const at::Tensor& mask = {});

/// (..., n, columns) from a symmetric matrix.
at::Tensor gram_factor(const at::Tensor& g, std::int64_t columns);

/// The same of gram(x, mask), from the D x D covariance: the points turned into their principal axes.
at::Tensor principal_frame(const at::Tensor& x, const at::Tensor& mask, std::int64_t columns);

}  // namespace geocyte::geometry
