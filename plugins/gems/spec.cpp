// SPDX-License-Identifier: GPL-3.0-or-later
// What gems says about itself: parameters, metrics with what guessing gives, arrays, derived arrays, views, baselines.
#include "engine/config/system_spec.h"

#include <algorithm>

#include "plugins/gems/options.h"

namespace geocyte::plugins::gems {
namespace {

using config::Direction;
using config::MetricSpec;
using config::Parameter;
using config::ParameterType;

constexpr bool kLive = true;

Parameter parameter(std::string path, ParameterType type, Json value, std::string group, std::string title, std::string help,
                    bool live = false) {
  Parameter p;
  p.path = std::move(path);
  p.type = type;
  p.default_value = std::move(value);
  p.group = std::move(group);
  p.title = std::move(title);
  p.help = std::move(help);
  p.live = live;
  return p;
}

Parameter within(Parameter p, double minimum, double maximum, std::string unit = {}) {
  p.minimum = minimum;
  p.maximum = maximum;
  p.unit = std::move(unit);
  return p;
}

Parameter at_least(Parameter p, double minimum, std::string unit = {}) {
  p.minimum = minimum;
  p.unit = std::move(unit);
  return p;
}

Parameter one_of(Parameter p, std::vector<std::string> choices) {
  p.choices = std::move(choices);
  return p;
}

Parameter source_list() {
  const auto field = [](std::string name, std::string title, std::string help) {
    return parameter(std::move(name), ParameterType::text, "", "Data", std::move(title), std::move(help));
  };
  Parameter list = parameter("sources", ParameterType::list, Json::array(), "Data", "Sources",
                             "Slides and cell suspensions to bring together. Empty: every source of a simulated tissue.");
  list.fields = {field("name", "Name", "What the source is called everywhere; with `by` a prefix."),
                 parameter("file", ParameterType::path, "", "Data", "File", "Relative to the data folder, or absolute."),
                 field("by", "Split by", "An obs column; each of its values becomes a source."),
                 field("patient", "Patient", "Sources of one patient share it; empty if unknown."),
                 one_of(parameter("modality", ParameterType::choice, "", "Data", "Modality",
                                  "st: spots of a slide. sc: dissociated cells. Empty: found by whether there are coordinates."),
                        {"", "st", "sc"}),
                 field("labels", "Cell types", "obs column of cell types, for colours and scores only; training never sees it."),
                 field("spatial", "Coordinates", "obsm key of coordinates; empty finds `spatial` by itself.")};
  return list;
}

void add_data(config::Schema& s, const GemsOptions& o) {
  s.push_back(parameter("data_folder", ParameterType::path, "simulate:six_sources?genes=500&seed=7", "Data", "Data folder",
                        "The folder that file names are relative to, or simulate:RECIPE?genes=N&seed=N."));
  s.push_back(source_list());
  s.push_back(at_least(parameter("genes", ParameterType::integer, o.genes, "Data", "Genes",
                                 "Size of the gene panel: the most variable shared genes, chosen on the training cells. 0 takes all "
                                 "shared genes."), 0));
  s.push_back(within(parameter("normalize.target_sum", ParameterType::number, o.target_sum, "Data", "Counts per cell",
                               "Every cell is scaled to this many counts before the logarithm."), 1, 1e7, "counts"));
  s.push_back(within(parameter("held_out.fraction", ParameterType::number, o.held_out_fraction, "Data", "Held out",
                               "Share of the cells of every source that training never sees; all scores are of these cells."), 0.01, 0.9));
}

void add_general(config::Schema& s, const GemsOptions& o) {
  s.push_back(within(parameter("seed", ParameterType::integer, o.seed, "General", "Seed",
                               "Split, weights, batches and noise follow from it."), 0, 9007199254740992.0));
  s.push_back(within(parameter("steps", ParameterType::integer, o.steps, "General", "Steps", "Updates of the encoder."), 1, 1e8));
  s.push_back(within(parameter("batch_size", ParameterType::integer, o.batch_size, "General", "Batch size",
                               "Cells of a step, shared out evenly: over modalities, then over the sources of a modality."), 4, 65536, "cells"));
  s.push_back(one_of(parameter("device", ParameterType::choice, "auto", "General", "Device", "auto takes a GPU where one works."),
                     {"auto", "cpu", "cuda"}));
  s.push_back(within(parameter("threads", ParameterType::integer, 0, "General", "Threads",
                               "Threads of one operation; 0 takes all. Sums, and so results, depend on the number in the last digits."), 0, 1024));
}

void add_model(config::Schema& s, const GemsOptions& o) {
  s.push_back(within(parameter("encoder.hidden", ParameterType::list, o.encoder.hidden, "Model", "Hidden layers",
                               "Widths of the hidden layers: linear, layer norm, ReLU, dropout."), 0, 8));
  s.push_back(within(parameter("encoder.latent", ParameterType::integer, o.encoder.latent, "Model", "Dimensions",
                               "Dimensions of the embedding."), 2, 4096));
  s.push_back(within(parameter("encoder.dropout", ParameterType::number, o.encoder.dropout, "Model", "Dropout",
                               "Share of hidden units that rest in a step."), 0, 0.9));
  s.push_back(within(parameter("discriminator.hidden", ParameterType::list, o.discriminator.hidden, "Model", "Discriminator layers",
                               "Widths of the hidden layers of the adversary."), 0, 8));
  s.push_back(within(parameter("augment.gene_dropout", ParameterType::number, o.augment.gene_dropout, "Augmentation", "Gene dropout",
                               "Share of genes set to zero in each of the two views of a cell.", kLive), 0, 0.95));
  s.push_back(within(parameter("augment.library_jitter", ParameterType::number, o.augment.library_jitter, "Augmentation", "Depth jitter",
                               "A view looks as if its cell had been read up to this share deeper or shallower.", kLive), 0, 0.95));
  s.push_back(within(parameter("augment.noise", ParameterType::number, o.augment.noise, "Augmentation", "Noise",
                               "Standard deviation of the noise added to log counts.", kLive), 0, 10));
}

struct TermWords {
  TermId id;
  const char* title;
  const char* help;
};

constexpr std::array<TermWords, kTerms.size()> kTermWords{{
    {TermId::vicreg, "VICReg", "Two views of a cell agree, every dimension keeps its spread, dimensions do not repeat each other."},
    {TermId::adversary, "Adversary", "A discriminator tells spots from cells; the encoder is trained against it by gradient reversal."},
    {TermId::domain_coral, "Domain CORAL", "Mean and covariance of spots and of cells agree."},
    {TermId::patient_coral, "Patient CORAL", "Mean and covariance of the cells of different patients agree; needs two patients with single cells."},
    {TermId::source_coral, "Source CORAL", "Mean and covariance agree for every pair of sources."},
    {TermId::local_align, "Local alignment", "Cells that are alike in expression (centred by source) become neighbours in the embedding."},
}};

void add_losses(config::Schema& s, const GemsOptions& o) {
  for (const TermWords& words : kTermWords) {
    const TermOptions& term = o.term(words.id);
    const std::string prefix = std::string("loss.") + name_of(words.id) + ".", title = words.title;
    s.push_back(parameter(prefix + "enabled", ParameterType::boolean, term.enabled, "Losses", title, words.help, kLive));
    s.push_back(within(parameter(prefix + "weight", ParameterType::number, term.weight, "Losses", title + " weight",
                                 "What the term is multiplied by in the sum, once it is warmed up.", kLive), 0, 1e6));
    s.push_back(at_least(parameter(prefix + "warmup_start", ParameterType::integer, term.warmup_start, "Losses", title + " starts at",
                                   "The term weighs nothing before this step."), 0, "steps"));
    s.push_back(at_least(parameter(prefix + "warmup_steps", ParameterType::integer, term.warmup_steps, "Losses", title + " warm-up",
                                   "The weight grows in a straight line over so many steps."), 0, "steps"));
  }
}

void add_schedule(config::Schema& s, const GemsOptions& o) {
  s.push_back(within(parameter("optimizer.lr", ParameterType::number, o.optimizer.lr, "Optimiser", "Learning rate",
                               "Of AdamW on the encoder; 0.001 learns in minutes, 0.0001 is what seed 001 used.", kLive), 1e-8, 1));
  s.push_back(one_of(parameter("optimizer.decay", ParameterType::choice, o.optimizer.decay, "Optimiser", "Learning rate decay",
                               "cosine falls to zero at the last step; constant stays."), {"cosine", "constant"}));
  s.push_back(within(parameter("optimizer.weight_decay", ParameterType::number, o.optimizer.weight_decay, "Optimiser", "Weight decay",
                               "Decoupled weight decay of encoder and discriminator."), 0, 1));
  s.push_back(within(parameter("optimizer.clip_norm", ParameterType::number, o.optimizer.clip_norm, "Optimiser", "Clip gradient",
                               "Largest norm of the encoder's gradient; 0 does not clip.", kLive), 0, 1e6));
  s.push_back(within(parameter("discriminator.lr", ParameterType::number, o.discriminator.lr, "Optimiser", "Discriminator rate",
                               "Learning rate of the adversary; about three times the encoder's.", kLive), 1e-8, 1));
  s.push_back(within(parameter("discriminator.steps", ParameterType::integer, o.discriminator.steps, "Optimiser", "Discriminator steps",
                               "Updates of the adversary for each update of the encoder.", kLive), 1, 100));
  s.push_back(within(parameter("snapshot.every_s", ParameterType::number, 2.0, "Schedule", "Snapshot every",
                               "Seconds of training between snapshots at first; thinned by doubling.", kLive), 0.1, 86400, "s"));
  s.push_back(within(parameter("snapshot.max", ParameterType::integer, 60, "Schedule", "Most snapshots",
                               "Snapshots a run keeps; first, best and last always stay."), 3, 100000));
  s.push_back(within(parameter("snapshot.max_mb", ParameterType::number, 300.0, "Schedule", "Snapshot space",
                               "Disk space for snapshots."), 1, 1e6, "MB"));
  s.push_back(within(parameter("analysis.share", ParameterType::number, 0.1, "Schedule", "Analysis share",
                               "Share of wall time that UMAP and distances may take beside training.", kLive), 0, 1));
  s.push_back(at_least(parameter("checkpoint.every", ParameterType::integer, 500, "Schedule", "Checkpoint every",
                                 "Steps between checkpoints; 0 writes one at the end and whenever validation is best.", kLive), 0, "steps"));
  s.push_back(at_least(parameter("validate.every", ParameterType::integer, 100, "Schedule", "Validate every",
                                 "Steps between losses on held-out cells; 0 never.", kLive), 0, "steps"));
}

MetricSpec metric(std::string path, std::string title, std::string what, std::string formula, std::string good, std::string tile,
                  Direction direction = Direction::lower_is_better) {
  MetricSpec m;
  m.path = std::move(path);
  m.title = std::move(title);
  m.what = std::move(what);
  m.formula = std::move(formula);
  m.good = std::move(good);
  m.tile = std::move(tile);
  m.direction = direction;
  return m;
}

MetricSpec with_chance(MetricSpec m, double chance) {
  m.chance = chance;
  return m;
}

void add_loss_metrics(std::vector<MetricSpec>& m) {
  m.push_back(metric("loss/total", "Total loss", "What the encoder minimises: the weighted sum of all terms.", "sum of weight x warm-up x term",
                     "Falls, then levels off. It rises while a term warms up; it is not comparable between configurations.", "Total loss"));
  for (const TermWords& words : kTermWords)
    m.push_back(metric(std::string("loss/") + name_of(words.id), words.title, words.help, "unweighted, on the training batch",
                       words.id == TermId::adversary ? "Near ln 2 = 0.693 when the discriminator guesses; far below it when it wins."
                                                     : "Falls. Compare with the held-out curve: a gap is overfitting or a difference between training and evaluation mode.",
                       words.id == TermId::vicreg        ? "VICReg"
                       : words.id == TermId::adversary   ? "Adversary loss"
                       : words.id == TermId::local_align ? "Local alignment"
                                                         : "CORAL",
                       words.id == TermId::adversary ? Direction::neutral : Direction::lower_is_better));
  for (const char* part : {"invariance", "variance", "covariance"})
    m.push_back(metric(std::string("vicreg/") + part, std::string("VICReg ") + part, "A part of VICReg, unweighted.", "Bardes et al. 2022, eqs. 1-5",
                       "Variance near 1 means collapsed dimensions.", "VICReg parts"));
  m.push_back(metric("weighted/*", "Weighted term", "What a term adds to the total.", "weight x warm-up x term",
                     "No term should be nearly all of the sum.", "Loss composition"));
  m.push_back(metric("val/*", "Held-out term", "A loss term on held-out cells; val/total sums the terms at full weight without the adversary and chooses the best step.",
                     "unweighted, evaluation mode", "Falls with the training curve.", "Held-out loss"));
}

void add_other_metrics(std::vector<MetricSpec>& m) {
  m.push_back(with_chance(metric("adversary/balanced_accuracy", "Adversary balanced accuracy",
                                 "How well the discriminator tells spots from cells before it is trained on the batch.", "mean recall of the two classes",
                                 "Near .5: it guesses. That alone proves no alignment: a weak discriminator guesses as well.", "Adversary accuracy", Direction::neutral), 0.5));
  m.push_back(metric("align/max_centroid_distance", "Largest centroid distance", "Distance of the two source means that lie farthest apart, held-out cells.",
                     "max over pairs of ||m_a - m_b||", "Near its sampling floor. Depends on the scale of the embedding: read it with the standardised one.", "Centroid distance"));
  m.push_back(metric("align/median_centroid_distance", "Median centroid distance", "Median over pairs of sources, held-out cells.", "median of ||m_a - m_b||",
                     "Near its sampling floor.", "Centroid distance"));
  m.push_back(metric("align/max_standardised", "Largest standardised distance", "The same in units of the spread within sources.",
                     "max of sqrt((m_a - m_b)' S^-1 (m_a - m_b)), S = .9 S_w + .1 tr(S_w)/d I", "Below 0.36 two Gaussians are separable with AUC .6 at most.", "Standardised distance"));
  m.push_back(metric("align/participation_ratio", "Participation ratio", "How many dimensions the embedding uses.", "tr(C)^2 / ||C||_F^2",
                     "Stays high; a fall is a collapse, which would also shrink every distance.", "Collapse guards", Direction::higher_is_better));
  m.push_back(metric("align/min_std", "Smallest standard deviation", "Spread of the flattest dimension.", "min over dimensions of std", "Near 1 with VICReg; near 0 is a collapsed dimension.",
                     "Collapse guards", Direction::higher_is_better));
  m.push_back(metric("align/*", "Alignment", "Further numbers of the source comparison.", "see the card of the matrix", "", ""));
  m.push_back(metric("grad/*", "Gradient norm", "Norm before clipping; grad/norm is the encoder's.", "||g||", "Settles; spikes announce divergence.", "Gradient"));
  m.push_back(metric("lr/*", "Learning rate", "Of each optimiser.", "cosine or constant", "", "Learning rate", Direction::neutral));
  m.push_back(metric("time/*", "Time", "Milliseconds of a step, and of assembling its batch.", "wall clock", "Steady.", "Time"));
  for (MetricSpec& one : m)
    if (one.path.starts_with("time/")) one.unit = "ms";
}

std::vector<config::ViewSpec> make_views() {
  std::vector<config::ViewSpec> views;
  const auto curves = [&](std::string title, std::string metrics) {
    views.push_back({"loss_curves", std::move(title), "monitor", {{"values", std::move(metrics)}}});
  };
  curves("Total loss", "loss/total");
  curves("VICReg", "loss/vicreg,val/vicreg");
  curves("Domain CORAL", "loss/domain_coral,val/domain_coral");
  curves("Adversary balanced accuracy", "adversary/balanced_accuracy");
  curves("Centroid distance", "align/max_centroid_distance,align/median_centroid_distance");
  views.push_back({"loss_composition", "Loss composition", "monitor", {{"values", "weighted/*"}}});
  // The gate of 1.0 is the one of seed 001. Scale-free ones beside it: .36 within-source standard deviations, where Gaussians
  // are told apart with an AUC of .6, and 1.5 times what sampling alone gives.
  views.push_back({"matrix_heatmap", "Distance between sources", "align",
                   {{"values", "align/centroid_distance"}, {"gate", "1.0"}, {"values2", "align/centroid_distance_standardised"}, {"gate2", "0.36"},
                    {"values3", "align/ratio_to_floor"}, {"gate3", "1.5"}, {"floor", "align/sampling_floor"},
                    {"ratio", "align/ratio_to_floor"}, {"labels", "source"}}});
  views.push_back({"scatter", "Embedding", "align", {{"points", "embedding/umap"}, {"points2", "embedding/pca"}, {"labels", "source"}}});
  return views;
}

/// Sizes follow from the shapes; seconds from 1.3 GFLOP a step of the demo taking about 30 ms on two cores.
config::ResourceEstimate estimate(const Json& json, const config::DataShape& shape) {
  const auto number = [&](const char* path, double otherwise) {
    const Json* value = config::find(json, path);
    return value && value->is_number() ? value->get<double>() : otherwise;
  };
  const GemsOptions o;
  const double wanted = number("genes", static_cast<double>(o.genes));
  const double shared = static_cast<double>(shape.genes), cells = static_cast<double>(shape.cells);
  const double genes = wanted > 0 ? std::min(wanted, shared) : shared;
  const double batch = number("batch_size", static_cast<double>(o.batch_size)), latent = number("encoder.latent", static_cast<double>(o.encoder.latent));
  double width = genes, weights = 0, activations = genes;
  if (const Json* hidden = config::find(json, "encoder.hidden"); hidden && hidden->is_array())
    for (const Json& layer : *hidden) {
      const double next = layer.is_number() ? layer.get<double>() : 0;
      weights += width * next;
      activations += 4 * next;
      width = next;
    }
  weights += width * latent;
  constexpr double kProgram = 350e6, kCuda = 700e6, kFlopsPerSecond = 4e10;
  config::ResourceEstimate e;
  const double data_bytes = 4 * cells * genes, model_bytes = 4 * weights * 4, step_bytes = 2 * 4 * batch * (activations + genes);
  const double snapshot_bytes = 4 * cells * latent;
  // A source is held as it was read (about a tenth of all counts are not zero, 8 bytes each) while its panel is cut out.
  e.host_bytes = kProgram + 2 * data_bytes + 0.8 * cells * shared + model_bytes + step_bytes + 4 * snapshot_bytes;
  e.device_bytes = kCuda + data_bytes + model_bytes + step_bytes;
  e.disk_bytes = std::min(number("snapshot.max", 60) * (snapshot_bytes + 16 * cells), 1e6 * number("snapshot.max_mb", 300)) +
                 5 * model_bytes + 400 * number("steps", static_cast<double>(o.steps));
  e.seconds_cpu = number("steps", static_cast<double>(o.steps)) * (6 * 2 * batch * weights / kFlopsPerSecond + 0.004);
  return e;
}

}  // namespace

config::SystemSpec make_spec() {
  const GemsOptions defaults;
  config::SystemSpec spec;
  spec.id = "gems";
  spec.title = "GEMS: one encoder for every source";
  spec.summary =
      "Trains an encoder under which slides of spots and dissociated cells of several patients become indistinguishable. "
      "Every score is of held-out cells, beside plain tools and what sampling alone would give.";
  add_data(spec.parameters, defaults);
  add_general(spec.parameters, defaults);
  add_model(spec.parameters, defaults);
  add_losses(spec.parameters, defaults);
  add_schedule(spec.parameters, defaults);
  spec.slots = {{"sources", config::SlotKind::sources, "Two or more expression data sets that share genes.", true}};
  add_loss_metrics(spec.metrics);
  add_other_metrics(spec.metrics);
  spec.arrays = {{"embedding", {"cell", "latent"}, "points", "encoder output, evaluation mode"}};
  spec.derived = {{"centroid_distance", {{"points", "embedding"}, {"labels", "source"}}, "align/centroid_distance", Json::object(), 1},
                  {"pca", {{"points", "embedding"}}, "embedding/pca", Json::object(), 1},
                  {"umap", {{"points", "embedding"}, {"labels", "source"}}, "embedding/umap", Json::object(), 2}};
  spec.views = make_views();
  spec.baselines = {{"raw", "log-normalised expression of the gene panel, no model"},
                    {"pca", "50 principal components of it, fitted on the training cells"}};
  spec.estimate = estimate;
  return spec;
}

}  // namespace geocyte::plugins::gems
