// SPDX-License-Identifier: GPL-3.0-or-later
// The scalars that a run writes, each with its card.
#include <vector>

#include "engine/config/spec_builders.h"
#include "plugins/st_edm/spec_parts.h"

namespace geocyte::plugins::st_edm {

std::vector<config::MetricSpec> make_metrics() {
  using config::Direction;
  using config::metric;
  std::vector<config::MetricSpec> m;
  m.push_back(metric("loss/total", "Total loss", "What the networks minimise: the weighted sum of all terms.", "sum of weight x term",
                     "Falls, then levels off.", "Total loss"));
  m.push_back(metric("loss/neighbours", "Neighbours", "Cross entropy between true neighbourhoods and those of the neighbour head.",
                     "-mean_i sum_j q_ij log p_ij", "Falls below ln(n - 1), what guessing gives; the entropy of the targets is its floor.", "Neighbours"));
  m.push_back(metric("loss/distance", "Distances", "Squared error of distances within a slide, in squared radii.", "mean_ij (|u_i - u_j| - d_ij)^2",
                     "Below 0.4, the variance of distances on a disc; far below on training cells only means learned by heart.", "Distances"));
  m.push_back(config::with_chance(metric("loss/expression", "Expression", "Pre-training: error of expression that is rebuilt from noised expression, of cells of every source.",
                                         "mean |x - x'|^2", "Below 1, what the mean gives.", "Expression"), 1));
  m.push_back(config::with_chance(metric("loss/denoising", "Denoising", "Error of the refiner's network; the network that outputs nothing costs 1 at every noise level.",
                                         "mean_b |F - F*|^2", "Below 1, and the skill panel says at which noise levels.", "Refiner"), 1));
  m.push_back(metric("loss/refined_distance", "Refined distances", "Squared error of distances between refined cells, over all noise levels.",
                     "mean_ij (|y_i - y_j| - d_ij)^2", "Falls.", "Refiner"));
  add_seed_metrics(m);
  m.push_back(metric("weighted/*", "Weighted term", "What a term adds to the total.", "weight x term", "Of the same order.", "Loss composition"));
  m.push_back(with_chance(metric("val/row_spearman", "Row-Spearman, validation", "Agreement of predicted with true distances on training slides: of each by the networks that have never seen it (heads.missed), else of its validation cells.",
                                 "mean over cells of Spearman(predicted row, true row)",
                                 "Rises and stays. Networks that miss a slide say about what a new slide will score; validation cells of slides that were learned score higher.", "Row-Spearman", Direction::higher_is_better), 0));
  m.push_back(metric("val/recall_at_10", "Neighbours, validation", "Of the ten nearest cells, the share that the neighbour heads name, on the cells of val/row_spearman.", "mean over cells of |kNN_pred and kNN_true| / 10",
                     "Rises and stays, above 10 / (n - 1).", "Row-Spearman", Direction::higher_is_better));
  m.push_back(config::with_chance(metric("val/loss_ratio", "Denoising, validation", "Error of the refiner over that of the network that outputs nothing, on validation cells, averaged over "
                                         "noise levels.", "mean over s of L/L(F = 0)", "Below 1. The skill panel shows each level.", "Refiner"), 1));
  m.push_back(metric("val/choice", "Choice, validation", "What the best step is chosen by: order of distances and neighbours together on the cells of val/row_spearman, then the loss ratio of the refiner, so that a "
                     "step with one comes before any without.", "2 - sqrt(row-Spearman x recall@10), or mean over s of L/L(F = 0)", "Falls.", "Held-out loss"));
  m.push_back(metric("val/*", "Held-out term", "A loss term on the cells of val/row_spearman; val/total is the sum at full weight.",
                     "unweighted, without noise", "Falls with the training curve; rises when slides are learned by heart.", "Held-out loss"));
  m.push_back(metric("grad/*", "Gradient norm", "Norm of the gradient.", "||g||", "Settles; spikes announce divergence.", "Gradient"));
  m.push_back(metric("lr/*", "Learning rate", "Of each optimiser.", "cosine or constant", "", "Learning rate", Direction::neutral));
  m.push_back(metric("time/*", "Time", "Milliseconds of a step.", "wall clock", "Steady.", "Time"));
  m.back().unit = "ms";
  return m;
}

}  // namespace geocyte::plugins::st_edm
