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
      {"coordinates/uncertainty", "How sure a place is", "The error to be expected of a place, in radii of the slide: the spread of several answers for the same cells, times one factor that makes it true of validation cells of the "
       "training slides.", "f sqrt(mean_k |y_k - x|^2), f^2 = sum e^2 / sum s^2", "Large where expression says nothing about the place. Whether it is true of slides never seen is what the calibration shows.", ""},
      {"coordinates/off_tissue", "Unlike the tissue", "How far the expression of a cell is from that of the training cells, over what is usual among them.", "d(10th nearest training cell) / its 0.95 quantile among training cells",
       "Near or below 1; cells far above 1 are placed by guessing.", "one training cell in twenty lies above 1"},
      {"calibration/observed", "Calibration", "Of circles about the places that should hold a share of the true ones: the share that they hold, on held-out cells. Their size was chosen on validation cells of the training slides.",
       "share of cells with |y - x| <= m_p u, against p", "On the line. Below it the run is too sure, as it is where a slide is harder than the training slides; above it, it could be surer.", "the line: nominal = observed"},
      {"skill/ratio", "Error over doing nothing", "How wrong the refiner is on cells it was not trained on, over the error of a network that outputs nothing (F = 0), at each noise level.",
       "L(F) / L(F = 0), over the axes that hold data", "Below 0.95 in every bin up to 2.4 sigma_data, the interval below 1. At 1 the refiner is worth nothing, however smooth its curves.", "1: doing nothing"},
      {"skill/f_ratio", "Size of the output", "How large the network's output is beside the one that would undo the noise.", "|F| / |F*|", "Near the ratio that its error allows; near 0 it does nothing.", ""},
      {"skill/scale", "Size of the estimate", "How large the estimate is beside the truth. It says nothing about quality: compare it with what an honest mean of the same error has.",
       "|D(x)| / |x|, ceiling sqrt(1 - L / |x|^2)", "At its ceiling: larger is boasting, smaller is shrinking.", ""},
      {"skill/refined", "Places refined from a noise level", "How badly the refined places of a held-out slide keep the order of distances.", "1 - row-Spearman", "Below the generator's, the interval of the difference above 0.", "1: random places"},
  };
}

}  // namespace geocyte::plugins::st_edm
