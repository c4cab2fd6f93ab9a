// SPDX-License-Identifier: GPL-3.0-or-later
// The scores of the held-out evaluation, what tells most first (engine/baselines/alignment_scores.h says how each is computed).
#include "plugins/gems/spec_parts.h"

namespace geocyte::plugins::gems {

std::vector<config::ScoreSpec> make_scores() {
  constexpr auto kLower = config::Direction::lower_is_better, kHigher = config::Direction::higher_is_better, kNeutral = config::Direction::neutral;
  return {
      {"align/probe_auc", "spots from cells, AUC", kLower, "How well a fresh classifier tells spots from single cells; 0.5 is the goal, and what is below it is a leak, not a success."},
      {"align/ilisi_domain", "domains mixed, iLISI", kHigher, "How evenly a neighbourhood holds spots and single cells; 1 is an even mixture."},
      {"biology/cell_type_accuracy", "cell types found", kHigher, "Balanced accuracy of the type of held-out single cells, from their nearest training neighbours."},
      {"biology/spatial_overlap", "neighbours in the tissue", kHigher, "Share of the nearest neighbours in the embedding that are neighbours in the tissue."},
      {"gates/pairs_passed", "pairs that pass", kHigher, "Share of the pairs of sources that pass their gates."},
      {"guards/held", "guards that hold", kHigher, "Share of the guards that hold: mixing was not bought with biology."},
      {"biology/region_accuracy", "regions found", kHigher, "Balanced accuracy of the region of held-out spots."},
      {"biology/type_transfer", "types carried to spots", kHigher, "Agreement of carried cell types with the given proportions of spots."},
      {"biology/expression_overlap", "neighbours in expression", kHigher, "Share of the nearest neighbours that are the same as in expression."},
      {"align/own_domain_share", "own-domain neighbours", kLower, "Share of the neighbours that come from the cell's own domain, as many of each; 0.5 is mixed."},
      {"align/own_source_share", "own-source neighbours", kLower, "Share of the neighbours that come from the cell's own source, as many of each."},
      {"align/ilisi_source", "sources mixed, iLISI", kHigher, "How evenly a neighbourhood holds all sources; 1 is an even mixture."},
      {"align/kbet_by_type", "kBET within types", kHigher, "Share of neighbourhoods that look like their cell type as a whole; 0.95 is mixed."},
      {"align/kbet", "kBET", kHigher, "Share of neighbourhoods that look like the whole; 0.95 is mixed."},
      {"align/bras", "mixed within types", kHigher, "Are sources mixed within each cell type? 1 is mixed."},
      {"align/source_variance", "variance by source", kLower, "Share of the variance that the source explains."},
      {"align/max_standardised", "largest standardised distance", kLower, "Distance of the two sources that lie farthest apart, in units of the spread within sources."},
      {"align/standardised_across", "standardised distance, spots to cells", kLower, "The same between sources of different domains."},
      {"align/median_standardised", "median standardised distance", kLower, "Median over pairs of sources."},
      {"align/unit_across", "distance, spots to cells", kLower, "In units of the mean spread within sources."},
      {"align/unit_within", "distance within a domain", kLower, "In units of the mean spread within sources."},
      {"align/max_centroid_distance", "largest centroid distance", kLower, "Depends on the scale of the embedding."},
      {"align/median_centroid_distance", "median centroid distance", kLower, "Depends on the scale of the embedding."},
      {"align/participation_ratio", "dimensions in use", kHigher, "How many dimensions the embedding uses; a fall is a collapse."},
      {"align/least_std", "flattest dimension", kHigher, "Spread of the flattest dimension over that of the middle one; near 0 is a collapse."},
      {"gates/worst_auc", "worst pair, AUC", kLower, "How well a fresh classifier tells the most separable pair of sources apart; 0.5 is the goal."},
      {"gates/worst_bound", "worst pair, bound of its distance", kLower, "Upper bound of the squared standardised distance of the worst pair."},
      {"biology/clisi", "types apart, cLISI", kHigher, "How pure a neighbourhood is in cell types; 1 is pure."},
      {"biology/graph_connectivity", "types connected", kHigher, "Share of each type that its graph of neighbours connects."},
      {"biology/isolated_labels", "rare types apart", kHigher, "Silhouette of the types that few sources have; 0.5 is no separation."},
      {"biology/spatial_overlap/*", "neighbours in the tissue, one slide", kHigher, "Of one slide."},
      {"align/median_std", "median standard deviation", kNeutral, "Spread of the middle dimension."},
  };
}

}  // namespace geocyte::plugins::gems
