// SPDX-License-Identifier: GPL-3.0-or-later
// What the arrays mean that views draw: the cards behind the places of cells.
#include "plugins/st_edm/spec_parts.h"

namespace geocyte::plugins::st_edm {

std::vector<config::ArrayCard> make_cards() {
  return {
      {"coordinates/predicted", "Predicted places",
       "Where the model puts each cell from its expression alone. A source with known places is turned, mirrored and scaled onto them for the eye; no score uses that.",
       "min over x of sum w_ij (|x_i - x_j| - D_ij)^2 + lambda CE(P, q), D the predicted distances",
       "Cells of a held-out slide lie among the neighbours they have in the tissue: read recall and row-Spearman, not the outline.",
       "places drawn at random: row-Spearman 0"},
      {"coordinates/target", "True places", "Where the cells were measured, centred and scaled to unit radius in each source. Single cells have none.", "(x - mean x) / sqrt(mean |x - mean x|^2)", "", ""},
  };
}

}  // namespace geocyte::plugins::st_edm
