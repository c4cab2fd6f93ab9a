// SPDX-License-Identifier: GPL-3.0-or-later
// Entropic optimal transport between clouds of points, in the log domain, on the host.
//
//   OT_eps(a, b) = min_P <P, C> + eps KL(P | a b') + rho KL(P 1 | a) + rho KL(P' 1 | b)
//   softmin_i(h) = -eps log sum_j b_j exp((h_j - C_ij) / eps)
//   C_ij = |x_i - y_j|^2 / 2 (half_squared)   or   |x_i - y_j| (distance)
//
// Solved by symmetric averaged updates over a falling list of temperatures (Feydy et al., AISTATS 2019, sec. 3.2; Knight,
// Ruiz & Ucar 2014): f = g = softmin(0) at the first one; at each one, from the old f and g,
//
//   f <- (f + d softmin(g)) / 2,   g <- (g + d softmin(f)) / 2,   d = 1 / (1 + eps / rho)  (1 when balanced)
//
// and a full step f = d softmin(g), g = d softmin(f) at the last one. A problem of a cloud with itself has f = g.
// By the envelope theorem the gradient of the last step is taken with the other potential held:
//
//   pull_i = d softmin_i(g) / d x_i = sum_j P_ij dC_ij/dx_i,   P_ij = b_j exp((softmin_i(g) + g_j - C_ij) / eps)
//
// One exponential serves both sides: W_ij = exp((f_i + g_j - C_ij) / eps) gives softmin_i(g) = f_i - eps log sum_j b_j W_ij
// and softmin_j(f) = g_j - eps log sum_i a_i W_ij; of a cloud with itself only the upper half is visited. Costs are stored
// (n m numbers, half of that for a cloud with itself), the matrix W never is: a tile of it lives in registers, or in 64 x 64
// places of the stack for the pull. Costs are sums of squared differences, so that nothing cancels and C_ii = 0.
// Guard: where a sum leaves the range in which it has all its digits (far from the solution at a small eps), that softmin
// is computed again in double with its maximum taken out, from the points. Points are moved by their common mean first.
// Precision of float: C / eps is known to 6e-8 C / eps; at blur .05 in 64 dimensions that is 1e-3 in log P.
// Deterministic, whatever the number of threads. Cost O(n m (d + number of temperatures)).
#pragma once

#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include "engine/kernels/isa.h"

namespace geocyte::kernels {

enum class GroundCost { half_squared, distance };

/// Row-major points, not owned; weights sum to 1, or null for 1 / rows each.
template <class T>
struct Cloud {
  const T* points = nullptr;
  std::int64_t rows = 0;
  const double* weights = nullptr;
};

/// Two clouds; a problem of x with itself has y.points == x.points.
template <class T>
struct TransportProblem {
  Cloud<T> x, y;
  bool self() const { return x.points == y.points; }
};

struct TransportOptions {
  GroundCost cost = GroundCost::half_squared;
  std::vector<double> temperatures;                             ///< eps, in the order of use; at least one, all > 0
  double reach = std::numeric_limits<double>::infinity();       ///< rho > 0; infinity = balanced
  bool pulls = true;                                            ///< compute the gradients
  int threads = 1;                                              ///< 0 = one a core
  Isa isa = best_isa();
};

/// Of a problem with itself the second half is empty.
template <class T>
struct TransportResult {
  std::vector<double> f, g;      ///< after the last step, with d
  std::vector<T> pull_x, pull_y; ///< (rows, dims) gradients of softmin (without d)
  std::int64_t guarded = 0;      ///< softmins that needed the guard
};

/// f-divergence schedule of the temperatures blur^p: from diameter^p down by scaling^p, ending at blur^p. A diameter that is
/// not above the blur counts as 1.01 blur, so that equal points are no special case. blur > 0, 0 < scaling < 1.
std::vector<double> annealing(double diameter, double blur, double scaling, int p);

/// Diagonal of the box around the points of all clouds.
template <class T>
double box_diagonal(std::span<const Cloud<T>> clouds, std::int64_t dims);

/// Solves problems side by side on one schedule. Throws Error{internal} for empty clouds, dims < 1 or bad options.
template <class T>
std::vector<TransportResult<T>> entropic_transport(std::span<const TransportProblem<T>> problems, std::int64_t dims,
                                                   const TransportOptions& options);

}  // namespace geocyte::kernels
