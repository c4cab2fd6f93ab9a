// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugins/gems/term_specs.h"

#include <utility>

#include "plugins/gems/spec_builders.h"

namespace geocyte::plugins::gems {
namespace {

constexpr const char* kFalls =
    "Falls. Compare with the held-out curve: a gap is overfitting or a difference between training and evaluation mode.";
constexpr const char* kGuessing = "Near ln 2 = 0.693 when the discriminator guesses; far below it when it wins.";

using config::ParameterType;

TermOptions on(double weight, std::int64_t warmup_steps) { return {true, weight, 0, warmup_steps}; }
TermOptions off(double weight, std::int64_t warmup_steps) { return {false, weight, 0, warmup_steps}; }

std::vector<config::MetricSpec> vicreg_parts() {
  std::vector<config::MetricSpec> parts;
  for (const std::string part : {"invariance", "variance", "covariance"})
    parts.push_back(metric("vicreg/" + part, "VICReg " + part, "A part of VICReg, unweighted.", "Bardes et al. 2022, eqs. 1-5",
                           "Variance near 1 means collapsed dimensions.", "VICReg parts"));
  return parts;
}

/// The scalars of terms/recall_scalars.h. `who` is told apart, `chance` is what guessing gives.
std::vector<config::MetricSpec> discriminator_metrics(const std::string& prefix, const std::string& title, const std::string& who, double chance) {
  constexpr auto kNeutral = config::Direction::neutral;
  return {with_chance(metric(prefix + "/balanced_accuracy", title + " balanced accuracy",
                             "How well the discriminator tells " + who + " before it is trained on the batch.", "mean recall of the classes",
                             "Near chance: it guesses. That alone proves no alignment: a weak discriminator guesses as well.", title + " accuracy", kNeutral), chance),
          with_chance(metric(prefix + "/skill", title + " skill", "The same on a scale where guessing gives 0 and certainty 1, whatever the number of classes.",
                             "(balanced accuracy - 1/K) / (1 - 1/K)", "Near 0 when it guesses, which alone proves no alignment.", "", kNeutral), 0),
          metric(prefix + "/favourite_recall", title + " recall of its favourite", "Recall of the class that the discriminator knows best.", "max_k recall_k",
                 "Near 1 with all others near 0: it always says the same and teaches the encoder nothing.", "", kNeutral),
          metric(prefix + "/other_recall", title + " recall of the others", "Mean recall of the other classes.", "mean of recall_k over the rest",
                 "Near the favourite's.", "", kNeutral)};
}

/// The six terms of seed 001.
void add_seed_terms(std::vector<TermSpec>& all) {
  all.push_back({"vicreg", "VICReg", "Two views of a cell agree, every dimension keeps its spread, dimensions do not repeat each other.",
                 on(1, 0), kFalls, "VICReg", false, {}, vicreg_parts()});
  all.push_back({"adversary", "Adversary", "A discriminator tells spots from cells; the encoder is trained against it by gradient reversal.",
                 on(1, 200), kGuessing, "Adversary loss", true, {}, discriminator_metrics("adversary", "Adversary", "spots from cells", 0.5)});
  all.push_back({"domain_coral", "Domain CORAL", "Mean and covariance of spots and of cells agree.", on(10, 200), kFalls, "CORAL"});
  all.push_back({"patient_coral", "Patient CORAL", "Mean and covariance of the cells of different patients agree; needs two patients with single cells.",
                 off(100, 200), kFalls, "CORAL"});
  all.push_back({"source_coral", "Source CORAL", "Mean and covariance agree for every pair of sources.", off(10, 200), kFalls, "CORAL"});
  all.push_back({"local_align", "Local alignment", "Cells that are alike in expression (centred by source) become neighbours in the embedding.",
                 off(1, 200), kFalls, "Local alignment"});
}

/// What holds biology while others mix.
void add_anchors(std::vector<TermSpec>& all) {
  all.push_back({"reconstruction", "Reconstruction",
                 "A decoder that is told the source gives back what a cell is within its source, so that the embedding need not hold the source.",
                 off(1, 0), "Falls from 1, where the decoder knows nothing (scores); for counts in nats per entry.", "Reconstruction", false,
                 {one_of(parameter("target", ParameterType::choice, "scores", "Losses", "Reconstructs",
                                   "scores: components of genes z-scored within each source. counts: negative binomial of the panel."),
                         {"scores", "counts"}),
                  within(parameter("components", ParameterType::integer, 50, "Losses", "Components", "Components of the scores."), 2, 500),
                  one_of(parameter("scale", ParameterType::choice, "spread", "Losses", "Scale of scores",
                                   "spread: large components count more, as in PCA. unit: all alike."), {"spread", "unit"}),
                  one_of(parameter("genes", ParameterType::choice, "zscore", "Losses", "Scale of genes",
                                   "Before components are taken within each source; centre keeps strongly expressed genes strong."), {"zscore", "centre"}),
                  within(parameter("hidden", ParameterType::integer, 256, "Losses", "Decoder width", "Width of the decoder's hidden layer."), 1, 8192)}});
  all.push_back({"anchor", "Anchor",
                 "What the layers add to the linear embedding (encoder.components) stays small, so that cells keep the neighbours that it gives them.",
                 off(0.3, 0), "Small beside 1, the spread of the linear embedding; it grows while sources are brought together.", "Reconstruction", false,
                 {within(parameter("spots", ParameterType::number, 0.1, "Losses", "Spots", "Weight of spots against cells: spots have to come to where cells are.", true), 0, 100)}});
}

config::Parameter statistic() {
  return one_of(parameter("statistic", ParameterType::choice, "unbiased", "Losses", "Statistic",
                          "unbiased: 0 on average for equal distributions. biased: never below 0, and above it by sampling alone.", true),
                {"unbiased", "biased"});
}

/// Distances between distributions, over all pairs of sources.
void add_distances(std::vector<TermSpec>& all) {
  constexpr const char* kToZero = "Falls towards 0; the unbiased form lies around it, below as well as above, where sources are alike.";
  all.push_back({"mmd", "MMD", "Maximum mean discrepancy with Gaussian kernels of several widths, over all pairs of sources.", off(1, 200), kToZero,
                 "Distribution distance", false,
                 {statistic(), one_of(parameter("widths", ParameterType::choice, "median", "Losses", "Kernel widths",
                                                "median: 0.5, 1, 2 and 4 times the median distance. mean: five widths around the mean squared distance (DAN).", true),
                                      {"median", "mean"}),
                  one_of(parameter("scale", ParameterType::choice, "whole", "Losses", "Scale of dimensions",
                                   "whole: as they are. each: every dimension over its spread, so that small ones count as well. both: the mean of the two.", true),
                         {"whole", "each", "both"}),
                  one_of(parameter("level", ParameterType::choice, "source", "Losses", "Level",
                                   "source: all pairs of sources. modality: spots against cells, with more cells on either side. both: the mean of the two.", true),
                         {"source", "modality", "both"})}});
  all.push_back({"energy", "Energy distance", "2 E|x - y| - E|x - x'| - E|y - y'| over all pairs of sources; no scale to choose.", off(1, 200), kToZero,
                 "Distribution distance", false, {statistic()}});
  all.push_back({"sinkhorn", "Sinkhorn divergence", "Debiased entropic optimal transport over all pairs of sources.", off(0.1, 200),
                 "Falls towards what sampling alone gives; near half the squared Wasserstein distance.", "Sinkhorn", false,
                 {within(parameter("blur", ParameterType::number, 0.0, "Losses", "Blur",
                                   "Distance below which cells are not told apart; 0 takes the median distance within a source over sqrt 2. "
                                   "A small fixed blur measures sampling noise.", true), 0, 1e6),
                  within(parameter("reach", ParameterType::number, 0.0, "Losses", "Reach",
                                   "Cells farther apart than this need not be matched; 0 matches all (balanced).", true), 0, 1e6),
                  within(parameter("scaling", ParameterType::number, 0.8, "Losses", "Scaling",
                                   "Ratio of blurs of successive rounds; nearer 1 is more exact and slower.", true), 0.1, 0.99),
                  one_of(parameter("cost", ParameterType::choice, "squared", "Losses", "Cost", "squared: half the squared distance. distance: the distance itself.", true),
                         {"squared", "distance"}),
                  within(parameter("bank", ParameterType::integer, 0, "Losses", "Memory bank",
                                   "Cells of each source remembered from earlier batches, so that samples are larger than the batch."), 0, 4096, "cells")}});
}

config::Parameter temperature(double value) {
  return within(parameter("temperature", ParameterType::number, value, "Losses", "Temperature", "Cosines are divided by it: low is strict.", true), 0.01, 10);
}

config::Parameter neighbours(std::int64_t value, const char* help) {
  return within(parameter("neighbours", ParameterType::integer, value, "Losses", "Neighbours", help), 1, 200);
}

/// Distances that need directions or a memory.
void add_further_distances(std::vector<TermSpec>& all) {
  all.push_back({"sliced_wasserstein", "Sliced Wasserstein", "Squared Wasserstein distance along random directions, over all pairs of sources.", off(10, 200),
                 "Falls towards what sampling alone gives.", "Sinkhorn", false,
                 {one_of(parameter("reference", ParameterType::choice, "pairs", "Losses", "Reference", "pairs: source against source. pooled: each against all cells.", true),
                         {"pairs", "pooled"}),
                  within(parameter("directions", ParameterType::integer, 128, "Losses", "Directions", "Directions drawn anew in each step.", true), 1, 4096)}});
  all.push_back({"running_coral", "Running CORAL",
                 "CORAL over all pairs at moments averaged over batches: a batch alone has fewer cells of a source than dimensions.", off(10, 200), kFalls, "CORAL", false,
                 {within(parameter("decay", ParameterType::number, 0.9, "Losses", "Decay", "Share of the past in the average."), 0, 0.9999)}});
}

/// Opponents beside the binary adversary.
void add_opponents(std::vector<TermSpec>& all) {
  auto recall = discriminator_metrics("source_adversary", "Source adversary", "sources", 0);
  recall.front().chance.reset();   // 1 / number of sources; the skill is on a scale without it
  all.push_back({"source_adversary", "Source adversary",
                 "Classifiers tell modality, patient and source apart; the encoder is trained against them. Sources count alike, whatever their size.",
                 off(1, 200), "Near the mean of ln K over the heads when they guess; far below it when they win.", "Adversary loss", true,
                 {one_of(parameter("form", ParameterType::choice, "reversal", "Losses", "Form",
                                   "reversal: gradient reversal. confusion: the encoder makes its cells look like any other source.", true),
                         {"reversal", "confusion"}),
                  one_of(parameter("balance", ParameterType::choice, "source", "Losses", "Balance",
                                   "source: sources count alike. prior: logits are corrected by the share of a source. cell: plain cross entropy, which "
                                   "collapses to the largest source.", true),
                         {"source", "prior", "cell"}),
                  parameter("levels", ParameterType::boolean, true, "Losses", "A head a level", "Heads for modality and patient beside the one for sources."),
                  parameter("composition", ParameterType::boolean, false, "Losses", "Match composition",
                            "Cells whose cluster other sources lack count less, so that sources are not forced to one composition."),
                  parameter("standardise", ParameterType::boolean, false, "Losses", "Standardise its input",
                            "Every dimension over its spread, so that the classifiers see small ones as well.", true),
                  within(parameter("disturbance", ParameterType::number, 0.1, "Losses", "Input noise",
                                   "Noise on the classifiers' input, in standard deviations, falling to 0 over the first half.", true), 0, 5)},
                 std::move(recall)});
  all.push_back({"critic", "Wasserstein critic", "A critic with gradient penalty scores each source above the others; the encoder closes the gap.", off(0.1, 200),
                 "Shrinks towards 0 as the sources meet; negative while the critic finds a gap.", "Critic", true,
                 {within(parameter("penalty", ParameterType::number, 10.0, "Losses", "Gradient penalty", "Weight of (|slope| - 1)^2.", true), 0, 1000),
                  within(parameter("steps", ParameterType::integer, 2, "Losses", "Critic steps", "Updates of the critic for each of the encoder.", true), 1, 20),
                  within(parameter("lr", ParameterType::number, 1e-3, "Losses", "Critic rate", "Learning rate of the critic.", true), 1e-8, 1),
                  parameter("scales", ParameterType::boolean, true, "Losses", "Several scales", "Critics of projections to a quarter and a sixteenth of the dimensions beside the full one."),
                  within(parameter("feature_matching", ParameterType::number, 1.0, "Losses", "Feature matching",
                                   "Weight of the match of the critic's hidden activations; steadies a critic that is certain.", true), 0, 1000)},
                 {metric("critic/distance", "Critic's distance", "The gap that the critic finds: an estimate of the Wasserstein-1 distance of a source from the others.",
                         "mean over sources of E f(source) - E f(others)", "Falls towards 0.", "Critic")}});
}

/// Terms that say which cells belong together.
void add_contrasts(std::vector<TermSpec>& all) {
  constexpr const char* kBelowChance = "Falls from the level of chance, log(1 + number of negatives).";
  all.push_back({"spatial", "Spatial contrast", "Spots side by side in the tissue are alike in the embedding, spots far apart on the same slide are not.",
                 off(0.5, 0), kBelowChance, "Contrasts", false,
                 {temperature(0.1), neighbours(20, "Spots nearest in the tissue that count as neighbours."),
                  within(parameter("anchors", ParameterType::integer, 64, "Losses", "Anchors", "Spots that are drawn in a step, each with a neighbour.", true), 2, 4096),
                  parameter("hard_negatives", ParameterType::boolean, true, "Losses", "Hard negatives",
                            "A far spot alike in expression beside each anchor, so that type alone cannot solve the task.", true)}});
  all.push_back({"pseudo_places", "Pseudo-places",
                 "Cells that a spatial run puts side by side are alike in the embedding: the spatial contrast for cells without a place. Needs `places` of a source.",
                 off(0.3, 0), kBelowChance, "Contrasts", false,
                 {temperature(0.1), neighbours(20, "Cells nearest in the predicted tissue that count as neighbours."),
                  within(parameter("anchors", ParameterType::integer, 64, "Losses", "Anchors", "Cells that are drawn in a step, each with a neighbour.", true), 2, 4096),
                  parameter("hard_negatives", ParameterType::boolean, true, "Losses", "Hard negatives",
                            "A far cell alike in expression beside each anchor, so that type alone cannot solve the task.", true),
                  within(parameter("share", ParameterType::number, 0.5, "Losses", "Share kept",
                                   "Of the cells of a source with a predicted place those with the least uncertainty; all where the run states none."), 0.01, 1)}});
  all.push_back({"mnn_contrast", "Mutual neighbours", "Cells of two sources that are each other's neighbours in expression (within-source scores) are pulled together.",
                 off(0.5, 200), kBelowChance, "Contrasts", false, {temperature(0.07), neighbours(5, "Most similar cells of the other source in the batch.")}});
  all.push_back({"expression_contrast", "Expression contrast", "Similarity between sources in the embedding follows similarity in expression (soft labels).",
                 off(0.5, 200), "Falls from the logarithm of the cells of a source in the batch.", "Contrasts", false,
                 {one_of(parameter("labels", ParameterType::choice, "mutual", "Losses", "Labels",
                                   "mutual: mutual neighbours, weighted by similarity. plan: a transport plan, which shares cells out so that none is everybody's "
                                   "partner. unbalanced: a plan that may leave out cells whose type the other source lacks.", true),
                         {"mutual", "plan", "unbalanced"}),
                  temperature(0.07), neighbours(5, "Most similar cells of the other source in the batch (mutual).")}});
  all.push_back({"class_discrepancy", "Contrastive discrepancy", "Cells of one pseudo-type are alike whatever their source, those of different types are not.",
                 off(1, 200), kFalls, "Contrastive discrepancy", false,
                 {within(parameter("types", ParameterType::integer, 12, "Losses", "Pseudo-types", "Clusters of within-source scores."), 2, 200),
                  within(parameter("contrast", ParameterType::number, 1.0, "Losses", "Contrast", "Weight of keeping types apart; 0 only brings sources together.", true), 0, 10)}});
  all.push_back({"cycle", "Cycle consistency", "A spot that goes to the cells that are like it and back comes home, or next door.", off(0.1, 200), kFalls, "Cycle", false,
                 {temperature(0.1), within(parameter("home", ParameterType::number, 0.0, "Losses", "Home", "Weight of the same among spots alone.", true), 0, 100)}});
  all.push_back({"translation", "Translators", "Two small networks carry spots over to the cells and back; what arrives looks like what is there, and comes home.",
                 off(1, 200), "Falls.", "Cycle", false,
                 {within(parameter("hidden", ParameterType::integer, 128, "Losses", "Translator width", "Width of the translators' hidden layer."), 1, 8192),
                  within(parameter("home", ParameterType::number, 1.0, "Losses", "Home", "Weight of the way back: a cell that went over and back is where it was.", true), 0, 100),
                  within(parameter("shortness", ParameterType::number, 1.0, "Losses", "Shortness", "Weight of the length of the way: what the translators need not do, the encoder has done.", true), 0, 100)}});
  all.push_back({"pseudo_labels", "Pseudo-labels",
                 "Types of labelled single cells are carried to others where the model is sure. The only term that sees labels; use it last.", off(0.1, 500),
                 "Falls; check what it does to the type accuracy.", "Pseudo-labels", false,
                 {temperature(0.1), within(parameter("confidence", ParameterType::number, 0.5, "Losses", "Confidence",
                                                     "Lowest probability of a label that is learned from.", true), 0, 1)}});
}

std::vector<TermSpec> make_table() {
  std::vector<TermSpec> all;
  add_seed_terms(all);
  add_anchors(all);
  add_distances(all);
  add_further_distances(all);
  add_opponents(all);
  add_contrasts(all);
  return all;
}

}  // namespace

const std::vector<TermSpec>& term_specs() {
  static const std::vector<TermSpec> table = make_table();
  return table;
}

}  // namespace geocyte::plugins::gems
