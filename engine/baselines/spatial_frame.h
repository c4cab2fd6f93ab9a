// SPDX-License-Identifier: GPL-3.0-or-later
// One frame for several slides, found by expression: slide 1 keeps its frame (centred, unit rms radius), each other slide is turned and mirrored
// by Procrustes so that its places agree with those that its expression predicts.
//
//   round 1: ridge regression of the places of slide 1 on features;  R_s = Procrustes(places of s -> its predictions)
//   round 2: the same with the ridge fitted on all slides as turned in round 1, the slide itself left out
//
// It found the known shared frame of STARmap to 1-3.5 degrees without a false flip; between patients whose tissues share no order, no frame exists
// and the answer means nothing. Cost O(n p^2).
#pragma once

#include "engine/baselines/spatial_task.h"

namespace geocyte::baselines {

/// Places of each training slide in the frame of the first; empty when stopped.
std::optional<std::vector<Eigen::MatrixXd>> common_frame(const SpatialTask& task);

/// Ridge regression with an intercept: (X0'X0 + penalty n I)^-1 X0' Y0.
struct Ridge {
  Eigen::RowVectorXd mean_x, mean_y;
  Eigen::MatrixXd weights;
  Eigen::MatrixXd predict(const Eigen::MatrixXd& x) const { return ((x.rowwise() - mean_x) * weights).rowwise() + mean_y; }
};
Ridge fit_ridge(const Eigen::MatrixXd& x, const Eigen::MatrixXd& y, double penalty);

}  // namespace geocyte::baselines
