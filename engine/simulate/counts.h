// SPDX-License-Identifier: GPL-3.0-or-later
// From places, cells and factors to counts.
#pragma once

#include <span>
#include <vector>

#include "engine/data/matrix.h"
#include "engine/simulate/gene_programmes.h"

namespace geocyte::simulate {

/// What one row (a spot or a cell) is made of.
struct RowTruth {
  std::array<int, kTypes> cells{};               ///< number of cells of each type
  std::array<double, kGradients> gradients{};
  double library = 0;                            ///< expected total count
};

struct CountModel {
  double dispersion = 0;                         ///< of one cell: variance = mean + dispersion * mean^2
  double dropout = 0;                            ///< a count is lost with probability dropout * exp(-mean)
  double ambient = 0;                            ///< share of the library that follows the mean profile of all rows
  std::vector<float> factor;                     ///< of this source, one a gene
};

/// Draws the counts of all rows. The n cells of one type in a row share their mean, so the sum of their gamma rates is
/// one gamma of shape n / dispersion: exactly the sum of n negative binomial cells at the cost of one draw.
/// Cost O(rows * genes * types present).
data::CsrMatrix draw_counts(std::span<const RowTruth> rows, const GeneProgrammes& genes, const CountModel& model, Rng& rng);

}  // namespace geocyte::simulate
