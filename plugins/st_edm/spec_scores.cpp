// SPDX-License-Identifier: GPL-3.0-or-later
// The scores of the held-out evaluation, what tells most first (engine/stats/geometry_scores.h and layout_scores.h say how each is computed).
#include "plugins/st_edm/spec_parts.h"

namespace geocyte::plugins::st_edm {

std::vector<config::ScoreSpec> make_scores() {
  constexpr auto kLower = config::Direction::lower_is_better, kHigher = config::Direction::higher_is_better, kNeutral = config::Direction::neutral;
  std::vector<config::ScoreSpec> scores = {
      {"tissue/row_spearman", "row-Spearman", kHigher, "Are far cells predicted far? Rank agreement of each cell's distances, mean over cells."},
      {"tissue/recall_at_10", "recall@10", kHigher, "Of the ten nearest cells, the share that is found among the ten nearest predicted ones."},
      {"tissue/precision_at_10_percent", "precision@10 %", kHigher, "Of the nearest tenth as predicted, the share that is in the true nearest tenth."},
      {"tissue/rms_error", "error of places", kLower, "Root mean square error of places after the best rigid fit, in radii of the slide."},
      {"tissue/edge_auc", "edges, AUC", kHigher, "Do predicted distances tell neighbours from others? 0.5 is guessing."},
      {"tissue/trustworthiness", "trustworthiness", kHigher, "Are predicted neighbours near in truth? 0.5 is guessing."},
      {"tissue/continuity", "continuity", kHigher, "Are true neighbours predicted near? 0.5 is guessing."},
      {"tissue/jaccard_at_10", "Jaccard@10", kHigher, "Overlap of the ten nearest, over their union."},
      {"tissue/row_pearson", "row-Pearson", kHigher, "Agreement of each cell's distances, mean over cells."},
      {"tissue/row_spearman_median", "row-Spearman, median", kHigher, "Median over cells."},
      {"tissue/spearman", "Spearman of all distances", kHigher, "Over all pairs."},
      {"tissue/pearson", "Pearson of all distances", kHigher, "Over all pairs."},
      {"tissue/stress1", "stress-1", kLower, "Kruskal's stress of distances after the best scale."},
      {"tissue/disparity", "disparity", kLower, "Procrustes disparity; 1 is no agreement."},
      {"tissue/rssd", "RSSD", kLower, "Root of the summed squared errors of places; it grows with the number of cells."},
      {"tissue/sliced_w2", "shape, sliced W2", kLower, "Distance of the shapes of the two clouds."},
      {"tissue/knn_radius_w1", "density, W1", kLower, "Difference of the distributions of distances to the nearest cells."},
      {"tissue/seconds", "seconds to place", kLower, "Time to lay out the held-out cells."},
      {"gain/*", "gain over a plain method", kHigher, "Difference to a plain method on the same cells."},
  };
  // Of one slide alone.
  for (const char* name : {"row_spearman", "recall_at_10", "precision_at_10_percent", "gain_row_spearman", "gain_recall_at_10", "gain_precision_at_10_percent"})
    scores.push_back({std::string("*/") + name, std::string(name) + ", one slide", kHigher, "Of one slide."});
  // Best at the truth's own value, on neither side.
  for (const char* name : {"scale_ratio", "s2_s1", "s2_s1_truth", "hull_ratio", "boundary_share", "boundary_share_truth"})
    scores.push_back({std::string("tissue/") + name, name, kNeutral, "Best where it equals what the true tissue has."});
  return scores;
}

}  // namespace geocyte::plugins::st_edm
