// SPDX-License-Identifier: GPL-3.0-or-later
// Pseudo-types: spherical k-means on directions.
//
//   label_i = argmax_m cos(x_i, c_m),   c_m = unit(sum_{i in m} u_i),   u_i = x_i / |x_i|         until no label changes
//
// The sum of cosines rises at every pass, so it ends. Given the same points for all sources, centred by source (within-source scores),
// a pseudo-type means the same in every source; centres can be carried on from an earlier call (state in a checkpoint), or
// seeded from centres of labelled types.
// First centres, when none are given: k-means++ on 1 - cos (Arthur & Vassilvitskii 2007). A centre that loses all points moves to the
// point that is served worst.
// Reference: Dhillon & Modha, Machine Learning 42 (2001); used so by Kang et al., "Contrastive adaptation network", CVPR 2019.
// Shapes: x (N, P), N >= M >= 1, centres (M, P); else Error{internal}. No gradient. Cost O(N M P) a pass.
#pragma once

#include <ATen/core/Generator.h>
#include <ATen/core/Tensor.h>

#include <cstdint>

namespace geocyte::losses {

struct SphericalKmeans {
  at::Tensor centres;                      ///< (M, P) unit rows
  at::Tensor labels;                       ///< (N) int64
  at::Tensor similarity;                   ///< (N) cosine to the own centre
  at::Tensor margin;                       ///< (N) that minus the cosine to the next best centre; 2 for a single centre
  double mean_similarity = 0;
  std::int64_t passes = 0;
};

/// From centres.
SphericalKmeans spherical_kmeans(const at::Tensor& x, const at::Tensor& centres, std::int64_t max_passes = 100);
/// From k-means++ draws.
SphericalKmeans spherical_kmeans(const at::Tensor& x, std::int64_t clusters, at::Generator generator, std::int64_t max_passes = 100);

}  // namespace geocyte::losses
