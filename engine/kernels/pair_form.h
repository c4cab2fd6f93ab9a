// SPDX-License-Identifier: GPL-3.0-or-later
// A quadratic form of a radial profile over groups of points, and its gradient: what MMD and the energy distance between any
// number of groups are made of.
//
//   S_ab = sum_{i in a, j in b} phi(|x_i - x_j|)          all ordered pairs, i = j included
//   L    = sum_ab c_ab S_ab,   c symmetric
//   dL/dx_i = 2 sum_j c_{a(i) a(j)} phi'(C_ij) (x_i - x_j),   C = |x_i - x_j|^2 / 2,  phi' = d phi / d C
//
//   phi = sum_s exp(-C / sigma_s^2)   (Gaussians)   or   -|x_i - x_j|   (no widths given; its slope at 0 is taken as 0)
//
// Points are moved by their mean first. Where no point lies further than 4 of the smallest width from it, C comes from products,
// which is then exact to 1e-6 of sigma^2 in float; else, and for distances, from sums of squared differences, where nothing cancels.
// Each Gaussian is its own exponential (powers of one another would lose digits). Each pair is visited once; for the gradient
// c phi' is kept in between (N^2 / 2 numbers), the matrices of C and of each Gaussian are not.
// Sums of a tile's row are of type T, all others double. Deterministic, whatever the number of threads.
// Cost O(N^2 (d + widths)).
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "engine/kernels/isa.h"

namespace geocyte::kernels {

struct PairFormOptions {
  std::vector<double> widths;          ///< sigma_s > 0; none = the negative distance
  std::vector<double> coefficients;    ///< (K, K) c
  bool gradient = true;
  int threads = 1;                     ///< 0 = one a core
  Isa isa = best_isa();
};

template <class T>
struct PairFormResult {
  std::vector<double> sums;            ///< (K, K) S
  double value = 0;                    ///< L
  std::vector<T> gradient;             ///< (N, dims), or empty
};

/// `points` (N, dims) row-major, sorted by group; `sizes` of the K groups, each >= 1. Throws Error{internal} for others.
template <class T>
PairFormResult<T> pair_form(const T* points, std::span<const std::int64_t> sizes, std::int64_t dims, const PairFormOptions& options);

/// Lower median of the distances between points of one group (`within`) or of any two points. Of more than `most` points,
/// that many evenly spaced ones are taken, so that the answer is the same each time. 0 when there is no pair;
/// pairs with a number that is not finite are left out.
template <class T>
double median_distance(const T* points, std::span<const std::int64_t> sizes, std::int64_t dims, bool within, std::int64_t most = 256);

}  // namespace geocyte::kernels
