// SPDX-License-Identifier: GPL-3.0-or-later
// CORAL, correlation alignment: how far two sets of cells differ in their first moments. Two losses go by this name:
//
//   mean_and_covariance:  1/D ||m_a - m_b||^2 + 1/D^2 ||C_a - C_b||_F^2        (Transfer-Learning-Library, GEARS)
//   deep_coral:           1/(4 D^2) ||C_a - C_b||_F^2                          (Sun & Saenko 2016, eq. 1)
//
// The second does not see the means: it cannot move a centroid. m, C: moments.h. D = 128 makes the mean term of the first
// 128 times heavier than a covariance entry; weights of the two forms are not comparable.
// Reference: Sun, Saenko, "Deep CORAL", ECCV 2016 workshops.
// Shapes: a (n_a, D), b (n_b, D), n >= 1, equal D; else Error{internal}. With fewer than two cells a covariance is 0.
// Polynomial in the cells: no root, no guard. Cost O(n D^2).
#pragma once

#include <ATen/core/Tensor.h>

#include "engine/losses/moments.h"

namespace geocyte::losses {

enum class CoralForm { mean_and_covariance, deep_coral };

at::Tensor coral(const Moments& a, const Moments& b, CoralForm form = CoralForm::mean_and_covariance);
at::Tensor coral(const at::Tensor& a, const at::Tensor& b, CoralForm form = CoralForm::mean_and_covariance);

}  // namespace geocyte::losses
