// SPDX-License-Identifier: GPL-3.0-or-later
// Sets of points as padded tensors: where they lie and how large they are.
//
//   centred:  x_i - 1/n sum_j x_j                 rms:  sqrt(1/n sum_i |x_i|^2)  of a centred set
//
// Shapes: x (..., n, D), mask bool (..., n), true where there is a point. An undefined mask means that all rows are points.
// Rows that are no points come back as 0 and take part in nothing, whatever they hold (NaN included).
// Guards: a set without points or without extent has the scale 1, so that nothing is divided by 0; there the gradient is 0.
// All functions are differentiable in x. Throws Error{internal} for shapes that do not belong together.
#pragma once

#include <ATen/core/Tensor.h>

namespace geocyte::geometry {

/// (..., n) bool; a defined mask is checked against the shape of x, an undefined one becomes all true.
at::Tensor mask_of(const at::Tensor& x, const at::Tensor& mask);

/// Number of points of each set (...), in the type of x, at least 1.
at::Tensor point_count(const at::Tensor& x, const at::Tensor& mask);

/// The points about their mean; (..., n, D).
at::Tensor centred(const at::Tensor& x, const at::Tensor& mask = {});

/// Root mean squared distance from the mean; (...).
at::Tensor rms_radius(const at::Tensor& x, const at::Tensor& mask = {});

struct UnitSet {
  at::Tensor points;                       ///< (..., n, D), centred, rms radius 1
  at::Tensor scale;                        ///< (...), x - mean = points * scale
};

/// The shape of a set and its size apart from each other.
UnitSet unit_rms(const at::Tensor& x, const at::Tensor& mask = {});

/// Pairs (..., n, n) of two different points that exist.
at::Tensor pair_mask(const at::Tensor& x, const at::Tensor& mask = {});

}  // namespace geocyte::geometry
