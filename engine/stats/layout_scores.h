// SPDX-License-Identifier: GPL-3.0-or-later
// Scores of a layout as a whole: its fit after alignment, its density, and whether it has collapsed. None of them is to be read alone: a random
// assignment of cells to true places has a perfect density, hull and scale.
//
// Both layouts are centred and brought to unit rms radius, the prediction is then turned (and mirrored) onto the truth (embed/procrustes.h):
//   disparity   1 - R^2 of that fit with scale: 1 - (sum s)^2, s: singular values of X'Y of sets of norm 1; 1 = nothing
//   rssd        sqrt(sum_i |x_i - y_i|^2)  (LUNA's form, here of centred unit-rms sets; it grows with sqrt(n))     rms = rssd / sqrt(n)
//   sliced_w2   sqrt(mean over directions of mean (sorted x.u - sorted y.u)^2), 64 even directions
//   knn_w1      mean |sorted r_k(x) - sorted r_k(y)|, r_k: distance to the k-th neighbour
//   scale_ratio rms radius of the prediction / that of the truth, before scaling
// Collapse set, each of the prediction and of the truth: s2_s1 ratio of the singular values of the centred set (the smallest two in 3-D: last / first);
//   hull_ratio  area of the convex hull at unit rms, prediction / truth; boundary share of points within .05 of the hull. Plane only, else NaN.
#pragma once

#include <Eigen/Core>

#include "engine/stats/cell_score.h"

namespace geocyte::stats {

struct LayoutScores {
  double disparity = 1, rssd = 0, sliced_w2 = 0, knn_w1 = 0, scale_ratio = 0;
  CellScore squared_error;                 ///< |x_i - y_i|^2 of each cell: mean = rms^2
  double s2_s1 = 0, s2_s1_truth = 0;
  double hull_ratio = 0, boundary = 0, boundary_truth = 0;

  double rms() const;
};

/// n x d each. Throws Error{bad_data} for a value that is not finite or fewer than four cells, Error{internal} for different shapes.
LayoutScores score_layout(const Eigen::MatrixXd& predicted, const Eigen::MatrixXd& truth, int k = 10);

/// The prediction turned, mirrored where needed, and scaled onto the truth's place; n x d.
Eigen::MatrixXd aligned_to(const Eigen::MatrixXd& predicted, const Eigen::MatrixXd& truth, bool scale);

/// Corners of the convex hull of points in the plane, counter-clockwise (Andrew 1979); n x 2.
Eigen::MatrixXd convex_hull(const Eigen::MatrixXd& points);
/// Area of a polygon.
double polygon_area(const Eigen::MatrixXd& corners);

}  // namespace geocyte::stats
