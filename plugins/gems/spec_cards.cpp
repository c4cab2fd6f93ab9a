// SPDX-License-Identifier: GPL-3.0-or-later
// What the arrays mean that views draw: the cards behind matrices, clouds and table columns.
#include "plugins/gems/spec_parts.h"

namespace geocyte::plugins::gems {

std::vector<config::ArrayCard> make_cards() {
  return {
      {"align/centroid_distance", "Distance of means", "How far the mean of one source lies from the mean of another, held-out cells.", "||m_a - m_b||",
       "Near what sampling alone gives (the sampling floor). It shrinks with the whole embedding, so never read it alone: z -> 0.1 z makes it pass.",
       "the floor sqrt(tr S_w (1/n_a + 1/n_b)), two samples of one population"},
      {"align/centroid_distance_standardised", "Mahalanobis distance of means", "The same in standard deviations within sources: no scale of the embedding can hide a gap.",
       "sqrt((m_a - m_b)' S^-1 (m_a - m_b)), S = .9 S_w + .1 tr(S_w)/d I",
       "At most 0.36: two Gaussians that far apart are told apart with AUC .6 by the best linear score.", "AUC = Phi(D / sqrt 2): D = 0 gives .5"},
      {"align/ratio_to_floor", "Distance over its sampling floor", "How many times larger the gap is than two samples of one population would show; of the raw and the standardised distance the one that shows more, as the verdict counts.",
       "max(||m_a - m_b|| / sqrt(tr S_w (1/n_a + 1/n_b)), D / sqrt(d (1/n_a + 1/n_b)))",
       "Near 1. Above 1.5 the sources differ for sure; far below 1 held-out cells were used in training.", "1 on average"},
      {"align/pair_auc", "AUC of a fresh classifier", "A network that knows nothing of training learns to tell the two sources apart, and is asked about held-out cells.",
       "share of pairs of cells, one a source, that it orders rightly; DeLong interval", "Its interval reaches .5 ± .10, at 95 % over all pairs together. Below .5 statistics of held-out cells have leaked.", ".5"},
      {"align/gate_bound", "Bound of the squared distance", "The upper 95 % bound of the squared standardised distance, what sampling adds taken off. A pair passes only where the classifier's gate holds too.",
       "upper bound of D^2 - d (1/n_a + 1/n_b)", "At most .36^2 and what two halves of one source of that size show.", "0"},
      {"align/sampling_floor", "Sampling floor", "The distance that two samples of one population show, given their sizes.", "sqrt(tr S_w (1/n_a + 1/n_b))", "", ""},
      {"embedding/umap", "UMAP",
       "A layout in the plane that keeps neighbours together. Each layout starts from the one before it and is turned onto it, so that points can be followed through training.",
       "McInnes et al. 2018; k, metric and seed stand in the caption",
       "Sources mix within each cell type. Distances between islands and their sizes mean nothing: the matrix is what counts.", ""},
      {"embedding/pca", "PCA", "The two directions in which the embedding varies most.", "the first two right singular vectors of the centred embedding",
       "Sources overlap. A straight gap here is a gap of means that the matrix shows as well.", ""},
  };
}

}  // namespace geocyte::plugins::gems
