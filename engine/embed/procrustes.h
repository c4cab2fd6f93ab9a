// SPDX-License-Identifier: GPL-3.0-or-later
// Orthogonal Procrustes: the rotation (and, where wanted, scale) that lays one configuration onto another.
//
//   min over R, s, t  of  || s X R + 1 t' - Y ||_F ,  R'R = I
//   X0' Y0 = U S V',  R = U D V',  s = tr(S D) / ||X0||^2,  t = mean(Y) - s mean(X) R
//   D = I, or diag(1, …, 1, det(U V')) where reflections are not allowed
//   (Schonemann 1966; Kabsch 1978; Umeyama 1991)
//
// Rows are points. Guards: with all points in one place every rotation is equally good and s = 1 is kept.
#pragma once

#include <Eigen/Core>

namespace geocyte::embed {

struct ProcrustesOptions {
  bool reflection = true;       ///< det R = -1 allowed
  bool scale = false;           ///< false: s = 1
};

struct Procrustes {
  Eigen::MatrixXd rotation;                 ///< d x d, target_from_source acts from the right
  double scale = 1;
  Eigen::RowVectorXd translation;           ///< d
  double rms = 0;                           ///< root mean squared distance of points after the fit
  Eigen::MatrixXd apply(const Eigen::MatrixXd& points) const;
};

/// Shapes n x d, equal. Throws Error{internal} for other shapes and Error{bad_data} when a value is not finite.
Procrustes fit_procrustes(const Eigen::MatrixXd& source, const Eigen::MatrixXd& target, const ProcrustesOptions& options = {});

}  // namespace geocyte::embed
