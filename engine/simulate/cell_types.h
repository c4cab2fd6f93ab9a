// SPDX-License-Identifier: GPL-3.0-or-later
// The cell types of the simulated tissue and where they live.
#pragma once

#include <array>
#include <string>

#include "engine/simulate/tissue.h"

namespace geocyte::simulate {

inline constexpr int kTypes = 10;

struct CellType {
  std::string name;
  std::string lineage;                       ///< types of one lineage share a programme
  double size;                               ///< mRNA content against the average
  double recovery;                           ///< chance to survive dissociation, against the average
  std::array<double, kDomains> share;        ///< of the cells in each domain
};

const std::array<CellType, kTypes>& cell_types();

/// Proportions of the types at a place: sum over domains of membership x share, with vessels adding endothelium.
std::array<double, kTypes> composition(const std::array<double, kDomains>& membership,
                                       const std::array<double, kGradients>& gradients);

/// Index drawn with the given weights (need not add up to 1, at least one above 0).
int draw(Rng& rng, const std::array<double, kTypes>& weights);

}  // namespace geocyte::simulate
