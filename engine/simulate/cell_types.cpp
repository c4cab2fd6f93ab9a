// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/simulate/cell_types.h"

#include <numeric>

namespace geocyte::simulate {

const std::array<CellType, kTypes>& cell_types() {
  // Columns of share: surface epithelium, tumour core, invasive margin, stroma, immune niche, muscle.
  static const std::array<CellType, kTypes> types = {{
      {"epithelial", "epithelial", 1.2, 1.0, {.80, .02, .06, .03, .02, .01}},
      {"tumour basal", "tumour", 1.5, 0.8, {.04, .62, .30, .02, .02, .01}},
      {"tumour differentiated", "tumour", 1.6, 0.7, {.05, .22, .16, .01, .01, .01}},
      {"fibroblast", "stromal", 0.9, 0.9, {.03, .02, .08, .55, .08, .14}},
      {"myofibroblast", "stromal", 1.0, 0.7, {.01, .03, .20, .10, .03, .06}},
      {"smooth muscle", "stromal", 1.1, 0.6, {.00, .00, .01, .04, .01, .68}},
      {"endothelial", "endothelial", 0.9, 0.9, {.01, .02, .04, .09, .05, .05}},
      {"macrophage", "myeloid", 1.0, 1.1, {.02, .05, .09, .09, .12, .03}},
      {"T cell", "lymphoid", 0.6, 1.5, {.03, .02, .05, .05, .38, .01}},
      {"B cell", "lymphoid", 0.6, 1.5, {.01, .00, .01, .02, .28, .00}},
  }};
  return types;
}

std::array<double, kTypes> composition(const std::array<double, kDomains>& membership,
                                       const std::array<double, kGradients>& gradients) {
  constexpr int kEndothelial = 6;
  std::array<double, kTypes> out{};
  double sum = 0;
  for (int t = 0; t < kTypes; ++t) {
    for (int d = 0; d < kDomains; ++d) out[t] += membership[d] * cell_types()[t].share[d];
    if (t == kEndothelial) out[t] *= 1 + 3 * (gradients[2] + 1) / 2;
    sum += out[t];
  }
  for (double& share : out) share /= sum;
  return out;
}

int draw(Rng& rng, const std::array<double, kTypes>& weights) {
  double left = rng.uniform() * std::accumulate(weights.begin(), weights.end(), 0.0);
  int last = 0;
  for (int t = 0; t < kTypes; ++t) {
    if (weights[t] <= 0) continue;
    last = t;
    left -= weights[t];
    if (left < 0) break;
  }
  return last;
}

}  // namespace geocyte::simulate
