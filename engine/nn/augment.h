// SPDX-License-Identifier: GPL-3.0-or-later
// A noisy view of cells, in log1p space, in this order:
//
//   gene dropout    x_g <- 0 with probability p, each gene of each cell
//   library jitter  x   <- log1p(u expm1(x)),  u ~ U(1 - j, 1 + j), one a cell: as if the cell had been read deeper
//   noise           x   <- x + N(0, s^2)
//   clamp           to +-limit
//
// Reference: the augmentations of GEARS (defaults p = 0.2, j = 0.1, s = 0.01, limit = 10).
// Shapes: x (B, G), floating point. Four draws in this order from one generator of x's device; an operation of size 0 draws
// nothing. Guards: u expm1(x) stays above -1 + 1e-6, so that centred (negative) input gives no NaN.
#pragma once

#include <ATen/core/Generator.h>
#include <ATen/core/Tensor.h>

namespace geocyte::nn {

struct AugmentOptions {
  double gene_dropout = 0.2;               ///< [0, 1)
  double library_jitter = 0.1;             ///< [0, 1)
  double noise = 0.01;                     ///< standard deviation, >= 0
  double limit = 10;                       ///< > 0
};

/// Throws Error{bad_config} for a value out of range. Has no gradient with respect to x.
at::Tensor augment(const at::Tensor& x, const AugmentOptions& options, at::Generator generator);

}  // namespace geocyte::nn
