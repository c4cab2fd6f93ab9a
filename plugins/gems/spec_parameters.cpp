// SPDX-License-Identifier: GPL-3.0-or-later
#include <string>
#include <utility>
#include <vector>

#include "plugins/gems/options.h"
#include "plugins/gems/spec_builders.h"
#include "plugins/gems/spec_parts.h"
#include "plugins/gems/term_specs.h"

namespace geocyte::plugins::gems {
namespace {

using config::Parameter;
using config::ParameterType;

constexpr bool kLive = true;

Parameter source_list() {
  const auto field = [](std::string name, std::string title, std::string help) {
    return parameter(std::move(name), ParameterType::text, "", "Data", std::move(title), std::move(help));
  };
  Parameter list = parameter("sources", ParameterType::list, Json::array(), "Data", "Sources",
                             "Slides and cell suspensions to bring together. Empty: every source of a simulated tissue.");
  list.fields = {field("name", "Name", "What the source is called everywhere; with `by` a prefix."),
                 parameter("file", ParameterType::path, "", "Data", "File", "Relative to the data folder, or absolute."),
                 field("patient", "Patient", "Sources of one patient share it; obs.COLUMN takes it from the data; empty if unknown."),
                 one_of(parameter("modality", ParameterType::choice, "", "Data", "Modality",
                                  "st: spots of a slide. sc: dissociated cells. Empty: found by whether there are coordinates."),
                        {"", "st", "sc"}),
                 field("labels", "Cell types", "obs column of cell types, for colours and scores only; training never sees it."),
                 field("by", "Split by", "An obs column; each of its values becomes a source. halves:x (y, z): two sources, at the median of that axis of the coordinates."),
                 field("where", "Only cells with", "COLUMN=VALUE: only the cells whose obs column has that value, for example Valid=1. Empty: all."),
                 field("counts", "Counts",
                       "Where the counts are: X, raw or a layer. Empty takes X, or a layer `counts` or raw where X holds no whole numbers."),
                 field("spatial", "Coordinates", "obsm key of coordinates; empty finds `spatial` by itself."),
                 parameter("proportions", ParameterType::path, "", "Data", "Type proportions",
                           "A table of spots by cell types from a deconvolution, for scores only: types carried from single cells to spots are held against it."),
                 parameter("places", ParameterType::path, "", "Data", "Predicted places",
                           "An .h5ad that `export` wrote of a run of st_edm: places of cells that have none of their own, for pseudo-places only.")};
  list.fields[1].aliases = {"from"};
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
  s.push_back(one_of(parameter("normalize.panel", ParameterType::choice, o.panel, "Data", "Genes chosen by",
                               "What makes a gene variable. residual: its variance above the trend with the mean in the source where that is least, "
                               "for real data; dispersion: within bins of the mean, averaged over sources; variance: of log counts, averaged."),
                     {"dispersion", "residual", "variance"}));
  s.push_back(one_of(parameter("normalize.by_source", ParameterType::choice, o.by_source, "Data", "Genes by source",
                               "centre takes the mean of each gene in each source out, zscore its spread as well (training cells; a source "
                               "that was not trained on: its own cells). Takes out what multiplies a gene in a whole source."),
                     {"none", "centre", "zscore"}));
  s.push_back(one_of(parameter("normalize.depth", ParameterType::choice, o.depth, "Data", "Depth",
                               "thin draws the counts of deeper cells at random down to the median depth of the shallowest source; keep leaves them."),
                     {"keep", "thin"}));
  s.push_back(within(parameter("held_out.fraction", ParameterType::number, o.held_out_fraction, "Data", "Held out",
                               "Share of the cells of every source that training never sees; all scores are of these cells."), 0.01, 0.9));
  s.push_back(within(parameter("held_out.seed", ParameterType::integer, o.held_out_seed, "Data", "Held-out seed",
                               "Which cells are held out: -1 follows the seed of the run, any other number gives the cells that a run of that seed holds out. So "
                               "runs of several seeds can be judged on cells that settings were not chosen on."), -1, 9007199254740992.0));
  s.push_back(parameter("held_out.sources", ParameterType::list, o.held_out_sources, "Data", "Held-out sources",
                        "Names of sources that training never sees a cell of: whole slides or patients."));
  s.push_back(parameter("held_out.coordinates", ParameterType::list, o.held_out_coordinates, "Data", "Held-out coordinates",
                        "Names of slides that are trained on without their coordinates, so that locality can be judged on them."));
}

void add_general(config::Schema& s, const GemsOptions& o) {
  s.push_back(within(parameter("seed", ParameterType::integer, o.seed, "General", "Seed",
                               "Split, weights, batches and noise follow from it."), 0, 9007199254740992.0));
  s.push_back(within(parameter("steps", ParameterType::integer, o.steps, "General", "Steps", "Updates of the encoder."), 1, 1e8));
  s.push_back(within(parameter("batch_size", ParameterType::integer, o.batch_size, "General", "Batch size",
                               "Cells of a step, shared out evenly: over modalities, then over the sources of a modality."), 4, 65536, "cells"));
  s.push_back(one_of(parameter("batch_shares", ParameterType::choice, o.batch_shares, "General", "Batch shares",
                               "even: modalities alike, then the sources of each, so that a small source counts as much as a large one. size: sources by "
                               "their size, as a plain loader draws them; classifiers of sources then tend to the largest one."),
                     {"even", "size"}));
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
  s.push_back(within(parameter("encoder.components", ParameterType::integer, o.encoder.components, "Model", "Linear components",
                               "Components within the sources as a fixed linear embedding to which the layers add; 0 starts from random weights. Few cells tell "
                               "a network less about their types than their covariance does."), 0, 500));
  s.push_back(parameter("encoder.source_norm", ParameterType::boolean, o.encoder.source_norm, "Model", "Normalise by source",
                        "Batch normalisation behind the last layer with statistics of each source; they become part of the exported encoder, and a source "
                        "that was held out whole gets its own from its cells. Takes out what shifts or scales a whole source, its composition as well."));
  s.push_back(one_of(parameter("adapter", ParameterType::choice, o.adapter, "Model", "Adapter",
                               "Moves each source onto the slides when training is over, in closed form: monge is the Gaussian transport map, coral "
                               "whitens and colours. Part of the exported encoder and of what is judged at the end; live views show the encoder alone."),
                     {"none", "monge", "coral"}));
  s.push_back(within(parameter("discriminator.hidden", ParameterType::list, o.discriminator.hidden, "Model", "Discriminator layers",
                               "Widths of the hidden layers of the adversary."), 0, 8));
  s.push_back(within(parameter("augment.gene_dropout", ParameterType::number, o.augment.gene_dropout, "Augmentation", "Gene dropout",
                               "Share of genes set to zero in each of the two views of a cell.", kLive), 0, 0.95));
  s.push_back(within(parameter("augment.library_jitter", ParameterType::number, o.augment.library_jitter, "Augmentation", "Depth jitter",
                               "A view looks as if its cell had been read up to this share deeper or shallower.", kLive), 0, 0.95));
  s.push_back(within(parameter("augment.noise", ParameterType::number, o.augment.noise, "Augmentation", "Noise",
                               "Standard deviation of the noise added to log counts.", kLive), 0, 10));
  s.push_back(within(parameter("augment.pseudo_spots", ParameterType::number, o.augment.pseudo_spots, "Augmentation", "Pseudo-spots",
                               "Share of the single cells of a batch that are replaced by sums of several cells of their source, so that "
                               "suspensions show mixtures as slides do.", kLive), 0, 1));
  s.push_back(within(parameter("augment.pseudo_spot_cells", ParameterType::integer, o.augment.pseudo_spot_cells, "Augmentation",
                               "Cells of a pseudo-spot", "How many cells are summed.", kLive), 2, 64, "cells"));
}

void add_losses(config::Schema& s) {
  for (const TermSpec& term : term_specs()) {
    const std::string prefix = "loss." + term.id + ".";
    s.push_back(parameter(prefix + "enabled", ParameterType::boolean, term.defaults.enabled, "Losses", term.title, term.help, kLive));
    s.push_back(within(parameter(prefix + "weight", ParameterType::number, term.defaults.weight, "Losses", term.title + " weight",
                                 "What the term is multiplied by in the sum, once it is warmed up.", kLive), 0, 1e6));
    s.push_back(at_least(parameter(prefix + "warmup_start", ParameterType::integer, term.defaults.warmup_start, "Losses", term.title + " starts at",
                                   "The term weighs nothing before this step."), 0, "steps"));
    s.push_back(at_least(parameter(prefix + "warmup_steps", ParameterType::integer, term.defaults.warmup_steps, "Losses", term.title + " warm-up",
                                   "The weight grows in a straight line over so many steps."), 0, "steps"));
    for (Parameter own : term.parameters) {
      own.path = prefix + own.path;
      s.push_back(std::move(own));
    }
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
  std::vector<std::string> judged = {"val/total"};
  for (const TermSpec& term : term_specs())
    if (!term.adversarial) judged.push_back("val/" + term.id);
  s.push_back(one_of(parameter("best.metric", ParameterType::choice, "val/total", "Schedule", "Best step by",
                               "The held-out loss whose smallest value chooses the best step, which is kept."), std::move(judged)));
  s.push_back(at_least(parameter("early_stop.patience", ParameterType::integer, 0, "Schedule", "Early stop",
                                 "Training ends after so many validations in a row without a better one; 0 trains to the last step.", kLive),
                       0, "validations"));
}

}  // namespace

config::Schema make_parameters() {
  const GemsOptions defaults;
  config::Schema schema;
  add_data(schema, defaults);
  add_general(schema, defaults);
  add_model(schema, defaults);
  add_losses(schema);
  add_schedule(schema, defaults);
  return schema;
}

}  // namespace geocyte::plugins::gems
