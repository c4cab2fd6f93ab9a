// SPDX-License-Identifier: GPL-3.0-or-later
// From normalised expression of several slides to features in one space: each gene centred and scaled within its slide (which takes away what
// differs between slides as a whole), clipped, then principal components of all cells together.
//
//   z_ig = clip((x_ig - mean_s(g)) / (sd_s(g) + 1e-8), +-6),   features = PCA_50 of all z
//
// The mean and sd of the test slide are those of its own cells, and PCA sees them: transductive in expression, never in places.
#pragma once

#include <Eigen/Core>
#include <vector>

namespace geocyte::baselines {

struct SpatialFeatureOptions {
  int components = 50;                     ///< 0: the z-scores themselves
  double clip = 6;
};

/// `expression[s]` n_s x genes, log-normalised, the same genes in each. Throws Error{bad_data} for a value that is not finite or other genes.
std::vector<Eigen::MatrixXd> spatial_features(const std::vector<Eigen::MatrixXd>& expression, const SpatialFeatureOptions& options = {});

}  // namespace geocyte::baselines
