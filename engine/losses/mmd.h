// SPDX-License-Identifier: GPL-3.0-or-later
// Maximum mean discrepancy with Gaussian kernels of several widths, as the mean over all pairs of groups, in one node.
//
//   MMD^2(a, b) = M_aa + M_bb - 2 M_ab                    M_ab = mean of k(x, y) over x in a, y in b
//   k(x, y)     = w sum_s exp(-|x - y|^2 / (2 sigma_s^2))
//   L           = 2 / (K (K - 1)) sum_{a < b} MMD^2(a, b) = 2/K sum_a M_aa - 2 / (K (K - 1)) sum_{a != b} M_ab
//
// biased:   M_aa over all pairs, i = j included (V-statistic, Gretton et al. 2012, eq. 5): >= 0, but above 0 by about
//           (1 - mean k)(1/n_a + 1/n_b) for equal distributions.
// unbiased: M_aa without i = j (U-statistic, their eq. 3): 0 on average for equal distributions, so it can be negative.
// Widths, detached:
//   median_multiples: sigma_s = multiples_s * median distance between any two cells, w = 1/S        (GEARS: .5, 1, 2, 4)
//   mean_square:      |x - y|^2 / (b 2^i), b = mean |x - y|^2 / 4, i = 0..4, w = 1 (summed)          (DAN, Long et al. 2015)
// A gap much wider than every sigma gives no gradient; sources that lie that far apart need Sinkhorn or the energy distance.
// Reference: Gretton et al., "A kernel two-sample test", JMLR 13 (2012).
// Groups of fewer than `min_cells` cells are left out; with fewer than two left the term is absent. Shapes: z (B, D),
// B = groups.cells(); else Error{internal}. Written-out gradient (written_gradient.h), on the host (engine/kernels/pair_form.h).
// Guard: where all cells are equal the scale is taken as 1; the value is then that of equal cells and the gradient 0.
// Cost O(B^2 D), once for all pairs. Widths come from at most 256 evenly spaced cells.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <vector>

#include "engine/losses/groups.h"
#include "engine/losses/term.h"

namespace geocyte::losses {

enum class Statistic { biased, unbiased };
enum class MmdWidths { median_multiples, mean_square };

struct MmdOptions {
  Statistic statistic = Statistic::unbiased;
  MmdWidths widths = MmdWidths::median_multiples;
  std::vector<double> multiples = {0.5, 1, 2, 4};   ///< of the scale; used by median_multiples
  double scale = 0;                                 ///< 0 = from the batch; else the median distance, or the mean squared one
  std::int64_t min_cells = 5;                       ///< >= 2 when unbiased
  const char* what = "source";                      ///< names the groups in the reason of an absent term
};

Term mmd(const at::Tensor& z, const Groups& groups, const MmdOptions& options = {});

/// The scale that mmd() takes of this batch, for an average over steps; 0 when there is no pair.
double mmd_scale(const at::Tensor& z, const Groups& groups, const MmdOptions& options = {});

}  // namespace geocyte::losses
