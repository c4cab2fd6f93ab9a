// SPDX-License-Identifier: GPL-3.0-or-later
// Noisy views of cells, in log1p space, in this order:
//
//   gene dropout    x_g <- 0 with probability p, each gene of each cell
//   library jitter  x   <- log1p(u expm1(x)),  u ~ U(1 - j, 1 + j), one a cell: as if the cell had been read deeper
//   noise           x   <- x + N(0, s^2)
//   clamp           to +-limit
//
// Reference: the augmentations of GEARS (defaults p = 0.2, j = 0.1, s = 0.01, limit = 10).
// What is random is drawn apart from what is done with it, so that a view can be repeated from draws that are written down.
// Shapes: x (B, G), floating point; V views of it are (V B, G), view by view. Draws come in this order from one generator
// of x's device; an operation of size 0 draws nothing. expm1 is taken once for all views: a dropped gene is 0 before and
// after it. Guards: u expm1(x) stays above -1 + 1e-6, so that centred (negative) input gives no NaN.
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

/// What chance decides of V views of B cells. An undefined tensor leaves its operation out.
struct AugmentDraws {
  at::Tensor keep;                         ///< (V B, G) 1, or 0 where a gene is dropped
  at::Tensor depth;                        ///< (V B, 1) u
  at::Tensor noise;                        ///< (V B, G) of standard deviation s
};

/// Draws for `views` >= 1 views of x. Throws Error{bad_config} for a value out of range.
AugmentDraws draw_augmentation(const at::Tensor& x, const AugmentOptions& options, std::int64_t views, at::Generator generator);

/// The views (V B, G) that `draws` make of x (B, G), V >= 1. Has no gradient with respect to x.
at::Tensor augment(const at::Tensor& x, const AugmentDraws& draws, std::int64_t views, double limit);

/// One view.
at::Tensor augment(const at::Tensor& x, const AugmentOptions& options, at::Generator generator);

}  // namespace geocyte::nn
