// SPDX-License-Identifier: GPL-3.0-or-later
// What the genes of the simulation do: base levels, markers, lineage programmes and gradients.
//
//   rate_tg(place) = exp(base_g + type_tg) * exp(loading_g . gradients(place))
// base ~ N(0, 1.1^2); about 3 % of the genes are markers of each type (log rise N(1.5, 0.5^2)), 2 % of each lineage
// (N(0.9, 0.3^2)); every gene varies a little between types (N(0, 0.2^2)); 15 % follow the gradients.
#pragma once

#include <array>
#include <string>
#include <vector>

#include "engine/simulate/cell_types.h"

namespace geocyte::simulate {

struct GeneProgrammes {
  std::vector<std::string> names;                            ///< "SIM00001", …
  std::vector<std::string> marker_of;                        ///< type name or ""
  std::array<std::vector<float>, kTypes> rate;               ///< exp(base + type), a row a type
  std::vector<int> graded;                                   ///< genes that follow the gradients
  std::vector<std::array<float, kGradients>> loading;        ///< one a graded gene
  std::vector<bool> stress;                                  ///< genes of the dissociation stress programme

  int size() const { return static_cast<int>(names.size()); }
};

GeneProgrammes draw_programmes(int genes, Rng& rng);

/// `genes` draws of N(0, log_sd^2): the log factors of an effect on each gene.
std::vector<double> draw_log_factors(int genes, double log_sd, Rng& rng);

}  // namespace geocyte::simulate
