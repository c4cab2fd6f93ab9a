// SPDX-License-Identifier: GPL-3.0-or-later
// The squared sliced Wasserstein distance between groups.
//
//   SW^2(a, b) = mean_theta integral_0^1 (F_a,theta^-1(t) - F_b,theta^-1(t))^2 dt          theta on the unit sphere of R^D
//   pairs:   2 / (K (K - 1)) sum_{a < b} SW^2(a, b)
//            = 2 / (K - 1) mean_theta integral sum_a (q_a(t) - mean_b q_b(t))^2 dt           one sort a group, not one a pair
//   pooled:  1 / K sum_a SW^2(a, all cells of these groups)
//
// q = F^-1 of the projected cells, by linear interpolation between the sorted values, which stand at (i + 1/2) / n and are
// constant beyond the ends; the integral is a mean over T midpoints, T = the largest group (of a pair of equal n this is
// mean_i (sort(x)_i - sort(y)_i)^2). Not the root: its gradient has no size at 0.
// In D dimensions SW^2 of a shift s is |s|^2 / D. Directions are drawn fresh each step (`directions`), or they overfit.
// Reference: Bonneel et al., "Sliced and Radon Wasserstein barycenters of measures", J. Math. Imaging Vis. 51 (2015), eq. 7.
//
// Groups of fewer than `min_cells` cells are left out; with fewer than two left the term is absent. Shapes: z (B, D),
// B = groups.cells(), directions (D, L), L >= 1; else Error{internal}. Any device. Piecewise quadratic: no root, no guard;
// ties may be sorted either way, with the same value. Cost O(B D L + B log B L).
#pragma once

#include <ATen/core/Generator.h>
#include <ATen/core/Tensor.h>

#include <cstdint>

#include "engine/losses/groups.h"
#include "engine/losses/term.h"

namespace geocyte::losses {

enum class SlicedReference { pairs, pooled };

struct SlicedWassersteinOptions {
  SlicedReference reference = SlicedReference::pairs;
  std::int64_t min_cells = 5;
  const char* what = "source";
};

/// L directions uniform on the sphere, (D, L), as columns; from a generator of the caller's named stream.
at::Tensor random_directions(std::int64_t dims, std::int64_t directions, const at::Generator& generator, const at::TensorOptions& like);

Term sliced_wasserstein(const at::Tensor& z, const Groups& groups, const at::Tensor& directions, const SlicedWassersteinOptions& options = {});

}  // namespace geocyte::losses
