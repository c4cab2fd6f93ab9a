// SPDX-License-Identifier: GPL-3.0-or-later
// ComBat: location and scale of each gene in each source, shrunk towards what the other genes of that source say.
//
//   x_ig = alpha_g + sigma_g (gamma_sg + delta_sg e_ig)                                      (s = source of cell i)
//   z = (x - alpha) / sigma;  gamma^, delta^2 = mean and unbiased variance of z in s;  tau^2, gamma- = variance and mean of gamma^
//   over genes;  a = (V^2 + 2 S) / S, b = (V^3 + V S) / S with V, S mean and variance of delta^2 over genes
//   gamma* = (n tau^2 gamma^ + delta*^2 gamma-) / (n tau^2 + delta*^2)
//   delta*^2 = (b + ((n - 1) delta^2 + n (gamma^ - gamma*)^2) / 2) / (n / 2 + a - 1),   both in turn until neither moves
//   y = sigma (z - gamma*) / delta* + alpha
//
// Johnson, Li & Rabinovic 2007, doi:10.1093/biostatistics/kxj037, sec. 3.2 (parametric empirical Bayes, no covariates).
// Everything is fitted on training cells and applied unchanged to any other cell: held-out cells are not seen.
// Guards: a gene that is constant within all sources (sigma = 0) is left as it is; where all genes of a source agree in their
// variance (S = 0) that common value is taken. Cost: O(n d).
#pragma once

#include <Eigen/Core>
#include <cstdint>
#include <vector>

#include "engine/baselines/cells.h"

namespace geocyte::baselines {

class Combat {
 public:
  /// n x d, in the order of the cells. Throws Error{bad_data} for a source without training cells.
  Eigen::MatrixXd apply(const Cells& cells) const;

 private:
  friend Combat fit_combat(const Cells&);
  Eigen::MatrixXd factor_, offset_;        // sources x d: y = factor x + offset
  std::vector<std::int64_t> count_;        // training cells of each source
};

/// Throws Error{bad_data} for no cells, a value that is not finite, or a source with a single training cell.
Combat fit_combat(const Cells& training);

}  // namespace geocyte::baselines
