// SPDX-License-Identifier: GPL-3.0-or-later
// How unlike the training tissue a cell is: whether the run has seen anything like it.
//
//   d_i   distance of a cell to the k-th nearest training cell, k = 10, in the principal components of the run's recipe
//   q     .95 quantile of d over training cells, each without itself (leave one out)
//   score d_i / q          one training cell in twenty lies above 1; a cell far above 1 is placed by guessing
//
// (A distance to the k-th neighbour as a measure of being an outlier: Ramaswamy, Rastogi & Shim 2000.)
// Genes are standardised by the cells of a source itself (panel_input.h): a shift of all cells of a file, by depth or by batch, is not seen, and foreign
// cells alone lie near the middle of components that are not theirs, not far out: of a whole file, how much it varies along them says more (placer.h).
// Training cells are at most 2,000, evenly spread. Shapes: components (n, r) float on the host. Cost: 2,000 n r.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <vector>

namespace geocyte::plugins::st_edm {

struct TrainingProfile {
  at::Tensor cells;                        ///< (R, r)
  double unit = 1;                         ///< q
};

/// Of the rows `training` of `components`.
TrainingProfile training_profile(const at::Tensor& components, const std::vector<std::int64_t>& training);

/// (n) float. A training cell is not its own neighbour.
at::Tensor off_tissue_scores(const TrainingProfile& profile, const at::Tensor& components, int threads);

}  // namespace geocyte::plugins::st_edm
