// SPDX-License-Identifier: GPL-3.0-or-later
// Entropic fused Gromov-Wasserstein transport of test cells to the places of one training slide (Vayer et al. 2020; novoSpaRc's principle, 2019):
//
//   min over P with uniform marginals of  (1 - a) <M, P> + a sum_{ijkl} (C_ik - T_jl)^2 P_ij P_kl
//   M: 1 - correlation of features;  C: shortest paths on the 5-nearest-neighbour graph of expression, T: distances in the tissue; each over its maximum
//   proximal point: P <- argmin <G(P), Q> + eps KL(Q | P),  G = (1 - a) M + 2 a (const - 2 C P T'), by Sinkhorn       (Xu et al. 2019)
//   place_i = sum_j P_ij y_j / sum_j P_ij
//
// a = 0 is entropic transport by expression alone, a = 1 (Gromov-Wasserstein) by structure alone. Cost O(outer n m (n + m)).
#pragma once

#include "engine/baselines/spatial_task.h"

namespace geocyte::baselines {

struct TransportPlaceOptions {
  double alpha = 0.5;
  double epsilon = 0.005;
  int outer = 12, inner = 60;
  int neighbours = 5;
};

/// The plan P, n x m, for costs M and structures C (n x n) and T (m x m). Empty when stopped.
std::optional<Eigen::MatrixXd> fused_plan(const Eigen::MatrixXd& m, const Eigen::MatrixXd& c, const Eigen::MatrixXd& t, const TransportPlaceOptions& options, const StopToken& stop = {});

std::optional<Eigen::MatrixXd> place_by_transport(const SpatialTask& task, const TransportPlaceOptions& options = {});

}  // namespace geocyte::baselines
