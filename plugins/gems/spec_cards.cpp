// SPDX-License-Identifier: GPL-3.0-or-later
// What the arrays mean that views draw: the cards behind matrices, clouds and table columns.
#include "plugins/gems/spec_parts.h"

namespace geocyte::plugins::gems {

namespace {

/// The rows of "Gates and guards", by the names of analysis/alignment_checks.h. Their bounds stand in the run: they are of its data.
void add_check_cards(std::vector<config::ArrayCard>& cards) {
  const auto add = [&](const char* id, const char* title, const char* what, const char* formula, const char* good, const char* chance) {
    cards.push_back({id, title, what, formula, good, chance});
  };
  add("gates/pairs", "Pairs of sources", "How many pairs of sources pass both gates, the distance of means and the classifier, without a leak.", "", "All of them: then nobody can tell the sources apart.", "");
  add("gates/distance", "Largest distance, squared", "Of the pair of means that lies farthest above what it may: squared, in deviations within sources, what sampling adds taken off.",
      "D^2 - d (1/n_a + 1/n_b), S shrunk, of the training part", "Its upper 95 % bound stays within 0.36^2 and the bound of a split of one source into as many cells.", "0");
  add("gates/auc", "Most separable pair, AUC", "A network that knows nothing of training learns to tell two sources apart, and is asked about held-out cells. This pair is told apart most easily.",
      "DeLong interval, Holm over pairs", "Its interval reaches 0.5 ± 0.10. Centring each source passes the distance and fails here.", "0.5");
  add("gates/leak", "Pairs below chance", "Pairs whose classifier is worse than guessing on held-out cells.", "one-sided, 0.0025, Holm over pairs", "None. Below chance is no success: statistics of held-out cells were used in training.", "0");
  add("gates/domains", "Spots against cells, AUC", "The same network, asked to tell spots from single cells. It learns from every training cell and is judged at the end of the run only.", "DeLong interval",
      "Its interval reaches 0.5 ± 0.10.", "0.5");
  add("mixing/own_share", "Neighbours of the own source", "Share of a cell's 20 nearest neighbours that come from its own source, as many held-out cells of each.", "mean over cells",
      "Near what a perfect mixture gives. No gate: sources that hold different cells cannot mix wholly.", "1 / sources");
  add("mixing/ilisi", "Sources around a cell, iLISI", "How many sources the neighbourhood of a cell holds, as many held-out cells of each.", "(median LISI - 1) / (sources - 1), k 90, perplexity 30",
      "Near what a perfect mixture gives. Read it with the cell types: it can be bought with them.", "");
  add("mixing/kbet", "Mixed neighbourhoods, kBET", "Share of cells around which the sources are as frequent as everywhere.", "chi-squared test of 50 cells, 0.05", "Near 0.95. A strict test: small differences are rejected.", "0.95");
  add("guards/spread", "Flattest dimension", "Spread of the flattest dimension over that of the middle one: has a dimension gone flat?", "min std / median std", "At least 0.9 times that of plain PCA on the same cells.", "");
  add("guards/dimensions", "Dimensions in use", "How many dimensions the embedding uses.", "tr(C)^2 / ||C||_F^2", "At least 0.9 times that of plain PCA. A collapse brings all sources together.", "");
  add("guards/space", "Neighbours in the tissue", "Share of a held-out spot's 20 nearest neighbours in the embedding that are among the 20 nearest on its slide; of slides held out whole where there are any.",
      "mean over slides of the mean over spots", "Its interval reaches plain PCA's.", "20 / spots of the slide");
  add("guards/expression", "Neighbours in expression", "Share of a cell's 15 nearest neighbours within its source that plain PCA gives as well.", "mean over sources", "Its interval reaches what raw expression and PCA share: two views of the same cells without any model.", "15 / cells of the source");
  add("guards/types", "Cell types", "Are held-out single cells of the type of their 15 nearest training cells?", "balanced accuracy", "Its interval reaches plain PCA's.", "1 / types");
}

}  // namespace

std::vector<config::ArrayCard> make_cards() {
  std::vector<config::ArrayCard> cards = {
      {"align/centroid_distance", "Distance of means", "How far the mean of one source lies from the mean of another, held-out cells.", "||m_a - m_b||",
       "Near what sampling alone gives (the sampling floor). It shrinks with the whole embedding, so never read it alone: z -> 0.1 z makes it pass.",
       "the floor sqrt(tr S_w (1/n_a + 1/n_b)), two samples of one population"},
      {"align/centroid_distance_standardised", "Mahalanobis distance of means", "The same in standard deviations within sources: no scale of the embedding can hide a gap.",
       "sqrt((m_a - m_b)' S^-1 (m_a - m_b)), S = 0.9 S_w + 0.1 tr(S_w)/d I",
       "At most 0.36: two Gaussians that far apart are told apart with AUC 0.6 by the best linear score.", "AUC = Phi(D / sqrt 2): D = 0 gives 0.5"},
      {"align/ratio_to_floor", "Distance over its sampling floor", "How many times larger the gap is than two samples of one population would show; of the raw and the standardised distance the one that shows more, as the verdict counts.",
       "max(||m_a - m_b|| / sqrt(tr S_w (1/n_a + 1/n_b)), D / sqrt(d (1/n_a + 1/n_b)))",
       "Near 1. Above 1.5 the sources differ for sure; far below 1 held-out cells were used in training.", "1 on average"},
      {"align/pair_auc", "AUC of a fresh classifier", "A network that knows nothing of training learns to tell the two sources apart, and is asked about held-out cells.",
       "share of pairs of cells, one a source, that it orders rightly; DeLong interval", "Its interval reaches 0.5 ± 0.10, at 95 % over all pairs together. Below 0.5 statistics of held-out cells have leaked.", "0.5"},
      {"align/gate_bound", "Bound of the squared distance", "The upper 95 % bound of the squared standardised distance, what sampling adds taken off. A pair passes only where the classifier's gate holds too.",
       "upper bound of D^2 - d (1/n_a + 1/n_b)", "At most 0.36^2 and what two halves of one source of that size show.", "0"},
      {"align/sampling_floor", "Sampling floor", "The distance that two samples of one population show, given their sizes.", "sqrt(tr S_w (1/n_a + 1/n_b))", "", ""},
      {"embedding/umap", "UMAP",
       "A layout in the plane that keeps neighbours together. Each layout starts from the one before it and is turned onto it, so that points can be followed through training.",
       "McInnes et al. 2018; k, metric and seed stand in the caption",
       "Sources mix within each cell type. Distances between islands and their sizes mean nothing: the matrix is what counts.", ""},
      {"embedding/pca", "PCA", "The two directions in which the embedding varies most.", "the first two right singular vectors of the centred embedding",
       "Sources overlap. A straight gap here is a gap of means that the matrix shows as well.", ""},
  };
  add_check_cards(cards);
  return cards;
}

}  // namespace geocyte::plugins::gems
