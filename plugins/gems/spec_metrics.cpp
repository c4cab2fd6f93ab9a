// SPDX-License-Identifier: GPL-3.0-or-later
// The scalars that a run writes, each with its card: what it is, how it is computed, what is good, what guessing gives.
#include <string>
#include <vector>

#include "plugins/gems/spec_builders.h"
#include "plugins/gems/spec_parts.h"
#include "plugins/gems/term_specs.h"

namespace geocyte::plugins::gems {
namespace {

using config::Direction;
using config::MetricSpec;

void add_loss_metrics(std::vector<MetricSpec>& m) {
  m.push_back(metric("loss/total", "Total loss", "What the encoder minimises: the weighted sum of all terms.", "sum of weight x warm-up x term",
                     "Falls, then levels off. It rises while a term warms up; it is not comparable between configurations.", "Total loss"));
  for (const TermSpec& term : term_specs())
    m.push_back(metric("loss/" + term.id, term.title, term.help, "unweighted, on the training batch", term.good, term.tile,
                       term.adversarial ? Direction::neutral : Direction::lower_is_better));
  for (const TermSpec& term : term_specs()) m.insert(m.end(), term.metrics.begin(), term.metrics.end());
  m.push_back(metric("weighted/*", "Weighted term", "What a term adds to the total.", "weight x warm-up x term",
                     "No term should be nearly all of the sum.", "Loss composition"));
  m.push_back(metric("val/*", "Held-out term", "A loss term on held-out cells; val/total sums the terms at full weight without the adversary and chooses the best step.",
                     "unweighted, evaluation mode", "Falls with the training curve.", "Held-out loss"));
}

void add_other_metrics(std::vector<MetricSpec>& m) {
  m.push_back(metric("align/max_centroid_distance", "Largest centroid distance", "Distance of the two source means that lie farthest apart, held-out cells.",
                     "max over pairs of ||m_a - m_b||", "Near its sampling floor. Depends on the scale of the embedding: read it with the standardised one.", "Centroid distance"));
  m.push_back(metric("align/median_centroid_distance", "Median centroid distance", "Median over pairs of sources, held-out cells.", "median of ||m_a - m_b||",
                     "Near its sampling floor.", "Centroid distance"));
  m.push_back(metric("align/max_standardised", "Largest standardised distance", "The same in units of the spread within sources.",
                     "max of sqrt((m_a - m_b)' S^-1 (m_a - m_b)), S = 0.9 S_w + 0.1 tr(S_w)/d I", "Below 0.36 two Gaussians are separable with AUC 0.6 at most.", "Standardised distance"));
  m.push_back(metric("align/participation_ratio", "Participation ratio", "How many dimensions the embedding uses.", "tr(C)^2 / ||C||_F^2",
                     "Stays high; a fall is a collapse, which would also shrink every distance.", "Collapse guards", Direction::higher_is_better));
  m.push_back(metric("align/min_std", "Smallest standard deviation", "Spread of the flattest dimension.", "min over dimensions of std", "Near 1 with VICReg; near 0 is a collapsed dimension.",
                     "Collapse guards", Direction::higher_is_better));
  m.push_back(metric("align/median_std", "Median standard deviation", "Spread of the middle dimension.", "median over dimensions of std", "Near 1 with VICReg.", "",
                     Direction::neutral));
  m.push_back(metric("align/pairs_passed", "Pairs that pass", "Share of the pairs of sources that pass both gates on held-out cells.",
                     "upper bound of D^2 within 0.36^2 and a same-source split, and AUC interval reaching 0.5 +- 0.10 (Holm)", "1 is the goal; the matrix shows which fail.",
                     "Gates", Direction::higher_is_better));
  m.push_back(with_chance(metric("align/max_pair_auc", "Worst pair AUC", "AUC of a fresh classifier for the two sources that are told apart most easily, held-out cells.",
                                 "max over pairs", "Near 0.5: nobody can tell them apart. Below it is no success but a leak.", "Gates"), 0.5));
  m.push_back(metric("align/own_source_share", "Own-source neighbours", "Share of a cell's neighbours that come from its own source, as many cells of each.",
                     "mean over cells", "1 / sources is a perfect mixture.", "Mixing of neighbours"));
  m.push_back(metric("align/ilisi_source", "iLISI of sources", "How many sources the neighbourhood of a cell holds, scaled to 0 .. 1.",
                     "(median LISI - 1) / (sources - 1), k 90, perplexity 30", "1 is a perfect mixture; read it with the cell types.", "Mixing of neighbours",
                     Direction::higher_is_better));
  m.push_back(metric("align/*", "Alignment", "Further numbers of the source comparison.", "see the card of the matrix", "", ""));
  m.push_back(metric("parity/gap", "Loss/evaluation parity", "Largest difference between the embedding that is optimised and the one that is judged, "
                     "without noise, at the first step; it is checked again at every validation.", "max |z_judged - z_optimised| / rms(z)",
                     "Below 1e-4; above it the run stops, because its scores would be of something that no loss shapes.", ""));
  m.push_back(metric("grad/*", "Gradient norm", "Norm before clipping; grad/norm is the encoder's.", "||g||", "Settles; spikes announce divergence.", "Gradient"));
  m.push_back(metric("lr/*", "Learning rate", "Of each optimiser.", "cosine or constant", "", "Learning rate", Direction::neutral));
  m.push_back(metric("time/*", "Time", "Milliseconds of a step, and of assembling its batch.", "wall clock", "Steady.", "Time"));
  for (MetricSpec& one : m)
    if (one.path.starts_with("time/")) one.unit = "ms";
}

}  // namespace

std::vector<MetricSpec> make_metrics() {
  std::vector<MetricSpec> metrics;
  add_loss_metrics(metrics);
  add_other_metrics(metrics);
  return metrics;
}

}  // namespace geocyte::plugins::gems
