// SPDX-License-Identifier: GPL-3.0-or-later
// Rigid fits of many sets at once: the rotation (and, where wanted, the scale) that lays each source onto its target.
//
//   min over R, s, t  of  sum_i w_i | s x_i R + t - y_i |^2,   R'R = I
//   H = sum_i w_i x_i' y_i = U S V' (about the weighted means),  R = U D V',  s = tr(S D) / sum w |x|^2,  t = mean(y) - s mean(x) R
//   D = I, or diag(1, ..., 1, det(U V')) where reflections are not allowed        (Schonemann 1966; Kabsch 1978; Umeyama 1991)
//
// In the plane R has a closed form, without iteration: with a = H11 + H22, b = H12 - H21 the best turn is [[a, b], [-b, a]] / |(a, b)|, and
// with c = H11 - H22, e = H12 + H21 the best mirrored one [[c, e], [e, -c]] / |(c, e)|; the longer of the two pairs wins.
// Gradient: R is differentiable in both sets. For D > 2 it is that of the polar factor,
//   dL/dH = R V [ V'(R'P - P'R)V / (s_i + s_j) ] V',   P = dL/dR,   s signed by D,
// which stays finite when singular values coincide (that of an SVD does not). At a minimum the residual itself needs none of it: there
// a detached R gives the same gradient (envelope theorem), which is what `differentiable = false` does.
// Guards: where all points are in one place, or s_i + s_j = 0, every rotation is equally good: R = I there, s = 1, gradient 0.
// Shapes: source, target (..., n, D), weights (..., n) >= 0 or bool or undefined (all alike). Computed in float64, returned in the type of source.
// Equal to embed::fit_procrustes to 1e-12 (a test). Cost O(n D^2) a set.
#pragma once

#include <ATen/core/Tensor.h>

namespace geocyte::geometry {

struct RigidOptions {
  bool reflection = true;                  ///< det R = -1 allowed
  bool scale = false;                      ///< false: s = 1
  bool differentiable = false;             ///< gradient through R, s and t
};

struct Rigid {
  at::Tensor rotation;                     ///< (..., D, D), acts from the right
  at::Tensor scale;                        ///< (...)
  at::Tensor translation;                  ///< (..., D)
  /// s x R + t of points (..., n, D).
  at::Tensor apply(const at::Tensor& points) const;
};

Rigid fit_rigid(const at::Tensor& source, const at::Tensor& target, const at::Tensor& weights = {}, const RigidOptions& options = {});

}  // namespace geocyte::geometry
