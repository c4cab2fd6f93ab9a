// SPDX-License-Identifier: GPL-3.0-or-later
// Contrastive domain discrepancy: cells of one type are alike whatever their source, cells of different types differ.
//
//   D((s, c), (t, d)) = E k(x, x') + E k(y, y') - 2 E k(x, y)          x of source s and type c, y of source t and type d: MMD^2, biased
//   within  = mean over pairs s != t and types c that both have      of D((s, c), (t, c))        to be made small
//   between = mean over pairs s != t and types c != d                 of D((s, c), (t, d))        to be made large
//   L = within - contrast * between
//   k(x, y) = 1/5 sum_{i = -2 .. 2} exp(-||x - y||^2 / (2^i g)),   g = mean of ||x - y||^2 over the batch, detached
//
// Types are given (labels) or pseudo-types (spherical_kmeans.h), so a source with more cells of a type is not made to give them away:
// this is alignment under label shift. Wrong pseudo-types align the wrong cells; start it late and watch type accuracy.
// 0 <= D <= 4, so L >= -4 contrast: the contrast cannot run away.
// Reference: Kang et al., "Contrastive adaptation network for unsupervised domain adaptation", CVPR 2019, eqs. 3-5. They take a
// bandwidth for each pair of types and sum the five kernels; here one bandwidth a batch and their mean, so that all D come from
// two matrix products of the kernel matrix with class means.
// Shapes: z (B, D), B = sources.cells() = types.cells(); else Error{internal}. A (source, type) of fewer than min_cells cells is left
// out; absent when no type is in two sources. Cells without type take no part but in g.
// Guard: squared distances are clamped at 0; g at 1e-12. Differentiated operation by operation. Cost O(B^2 (D + S C)).
#pragma once

#include <ATen/core/Tensor.h>

#include "engine/losses/groups.h"
#include "engine/losses/term.h"

namespace geocyte::losses {

struct ClassDiscrepancyOptions {
  double contrast = 1;                     ///< >= 0; 0 = within only, class-wise MMD
  std::int64_t min_cells = 2;              ///< >= 1
};

Term class_discrepancy(const at::Tensor& z, const Groups& sources, const Groups& types, const ClassDiscrepancyOptions& options = {});

}  // namespace geocyte::losses
