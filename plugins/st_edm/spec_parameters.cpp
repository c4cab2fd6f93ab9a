// SPDX-License-Identifier: GPL-3.0-or-later
#include <string>
#include <utility>

#include "engine/config/spec_builders.h"
#include "plugins/st_edm/options.h"
#include "plugins/st_edm/spec_parts.h"

namespace geocyte::plugins::st_edm {
namespace {

using config::at_least;
using config::one_of;
using config::Parameter;
using config::parameter;
using config::ParameterType;
using config::within;

Parameter source_list() {
  const auto field = [](std::string name, std::string title, std::string help) {
    return parameter(std::move(name), ParameterType::text, "", "Data", std::move(title), std::move(help));
  };
  Parameter list = parameter("sources", ParameterType::list, Json::array(), "Data", "Sources",
                             "Slides to learn from, slides to judge on, cells to place. Empty: every source of a simulated tissue.");
  list.fields = {field("name", "Name", "What the source is called everywhere; with `by` a prefix."),
                 parameter("file", ParameterType::path, "", "Data", "File", "Relative to the data folder, or absolute."),
                 field("patient", "Patient", "Sources of one patient share it; empty if unknown."),
                 one_of(parameter("modality", ParameterType::choice, "", "Data", "Modality",
                                  "st: a slide. sc: dissociated cells, whose places, if a simulation has them, are only judged on."),
                        {"", "st", "sc"}),
                 field("labels", "Cell types", "obs column of cell types, for colours only; training never sees it."),
                 field("by", "Split by", "An obs column; each of its values becomes a source. halves:x (y, z): two sources, at the median of that axis of the coordinates."),
                 field("where", "Only cells with", "COLUMN=VALUE: only the cells whose obs column has that value, for example Valid=1. Empty: all."),
                 field("counts", "Counts", "Where the counts are: X, raw or a layer. Empty takes X, or a layer `counts` or raw where X holds no whole numbers."),
                 field("spatial", "Coordinates", "obsm key of coordinates, of two or three columns; empty finds `spatial` by itself.")};
  return list;
}

void add_data(config::Schema& s, const StEdmOptions& o) {
  s.push_back(parameter("data_folder", ParameterType::path, "simulate:six_sources?genes=500&seed=7", "Data", "Data folder",
                        "The folder that file names are relative to, or simulate:RECIPE?genes=N&seed=N."));
  s.push_back(source_list());
  s.push_back(parameter("held_out.sources", ParameterType::list, o.held_out_sources, "Data", "Held-out slides",
                        "Names of slides whose coordinates training never sees; all scores are of them. Empty: the last slide."));
  s.push_back(within(parameter("held_out.fraction", ParameterType::number, o.held_out_fraction, "Data", "Validation cells",
                               "Share of the cells of training slides that only the validation losses are computed on."), 0, 0.5));
  s.push_back(at_least(parameter("genes", ParameterType::integer, o.genes, "Data", "Genes",
                                 "Size of the gene panel: the most variable shared genes, chosen on training cells. 0 takes all shared genes."), 0));
  s.push_back(one_of(parameter("genes_by", ParameterType::choice, o.genes_by, "Data", "Genes chosen by",
                               "variance of log counts, Pearson residuals or dispersion of counts, within slides. Dispersion prefers rare genes, which say little of a spot."),
                     {"variance", "residual", "dispersion"}));
  s.push_back(within(parameter("normalize.target_sum", ParameterType::number, o.target_sum, "Data", "Counts per cell",
                               "Every cell is scaled to this many counts before the logarithm; 0 takes the median depth of the training slides."), 0, 1e7,
                     "counts"));
  s.push_back(one_of(parameter("input.kind", ParameterType::choice, o.input.kind, "Data", "Input",
                               "pca: principal components of the panel, standardised within each source. genes: the panel itself, better for targeted "
                               "panels of a few hundred genes. both: every other network of the ensemble sees the components, the others the genes. "
                               "encoder: what the encoder of a gems run makes of every source, one space for all. embedding: the same read from the "
                               "files (apply --with-counts)."),
                     {"pca", "encoder", "embedding", "genes", "both"}));
  Parameter encoder = parameter(kEncoderParameter, ParameterType::path, o.input.encoder, "Data", "Run of the encoder",
                                "The folder of a gems run. The checkpoint that it was judged by embeds the cells by its own gene panel before the first step; places of cells play no part.");
  encoder.run_of = "gems";
  encoder.only_with = "input.kind=encoder";
  s.push_back(std::move(encoder));
  Parameter embedding = parameter("input.embedding", ParameterType::text, o.input.embedding, "Data", "Embedding",
                                  "The obsm key of the cells of every source. All must come from one encoder.");
  embedding.only_with = "input.kind=embedding";
  s.push_back(std::move(embedding));
  Parameter beside = one_of(parameter("input.beside", ParameterType::choice, o.input.beside, "Data", "Beside the encoder",
                                      "components: the networks see principal components of the panel as well, standardised within each source, beside what the encoder made."),
                            {"none", "components"});
  beside.only_with = "input.kind=encoder|embedding";
  s.push_back(std::move(beside));
  s.push_back(within(parameter("input.components", ParameterType::integer, o.input.components, "Data", "Components", "Principal components that are seen."),
                     2, 500));
}

void add_general(config::Schema& s, const StEdmOptions& o) {
  s.push_back(within(parameter("seed", ParameterType::integer, o.seed, "General", "Seed", "Split, weights, sets and noise follow from it."), 0, 9007199254740992.0));
  s.push_back(within(parameter("steps", ParameterType::integer, o.steps, "General", "Steps",
                               "Updates. Few hundred are enough: two slides are soon learned by heart."), 1, 1e8));
  s.push_back(within(parameter("batch_size", ParameterType::integer, o.batch_size, "General", "Cells of a set",
                               "Cells of one slide that a network sees in a step; at most those of the smallest training slide."), 8, 4096, "cells"));
  s.push_back(one_of(parameter("device", ParameterType::choice, "auto", "General", "Device", "auto takes a GPU where one works."), {"auto", "cpu", "cuda"}));
  s.push_back(within(parameter("threads", ParameterType::integer, 0, "General", "Threads",
                               "Threads of one operation; 0 takes all. Sums, and so results, depend on the number in the last digits."), 0, 1024));
}

void add_model(config::Schema& s, const StEdmOptions& o) {
  s.push_back(one_of(parameter("model.kind", ParameterType::choice, o.kind, "Model", "Model",
                               "recommended: pair heads, a layout and a residual refiner. seed: the system of the seed 004 as it is described there, to be judged by the same scores."),
                     {"recommended", "seed"}));
  s.push_back(within(parameter("heads.members", ParameterType::integer, o.heads.members, "Model", "Networks",
                               "Networks of the ensemble, whose distances are averaged. Time grows with them, quality levels off after a few."), 1, 32));
  s.push_back(within(parameter("heads.hidden", ParameterType::integer, o.heads.hidden, "Model", "Hidden units", "Width of the hidden layer."), 4, 8192));
  s.push_back(within(parameter("heads.local", ParameterType::integer, o.heads.local, "Model", "Neighbour dimensions",
                               "Dimensions in which neighbours are found by their angle."), 2, 1024));
  s.push_back(within(parameter("heads.distance", ParameterType::integer, o.heads.distance, "Model", "Distance dimensions",
                               "Dimensions in which distances in the tissue are predicted."), 2, 1024));
  s.push_back(within(parameter("heads.dropout", ParameterType::number, o.heads.dropout, "Model", "Dropout", "Share of hidden units that rest in a step."), 0, 0.9));
  s.push_back(within(parameter("heads.noise", ParameterType::number, o.heads.noise, "Model", "Input noise",
                               "Noise on the input, in units of its mean standard deviation. Without it two slides are learned by heart within 150 steps.", kLive),
                     0, 10));
  s.push_back(one_of(parameter("heads.context", ParameterType::choice, o.heads.context, "Model", "Context",
                               "What the cells of a slide tell each other before distances are predicted. none: each cell speaks for itself. set: attention over the slide. neighbours: "
                               "each network also sees the mean expression of the cells that the networks take for a cell's neighbours; with heads.missed it learns to use them as they are found on a new slide."),
                     {"none", "set", "neighbours"}));
  s.push_back(within(parameter("heads.pretrain", ParameterType::number, o.heads.pretrain, "Model", "Share of pre-training",
                               "Share of the networks' steps, their first, in which they only learn to rebuild the expression of the cells of every source, whether its places are known or not."),
                     0, 0.9));
  s.push_back(within(parameter("heads.missed", ParameterType::integer, o.heads.missed, "Model", "Networks that miss a slide",
                               "Networks beside those that are shown, for each group of training slides (at most three groups), which never see it. How far off they are there says how large the circles of "
                               "uncertainty have to be on a new slide, and whether a refiner may be used. 0: circles come from cells whose neighbours were learned, and are too small. Needs two training slides."),
                     0, 16));
}

void add_losses(config::Schema& s, const StEdmOptions& o) {
  const auto term = [&](const std::string& name, const TermOptions& defaults, const std::string& title, const std::string& help) {
    s.push_back(parameter("loss." + name + ".enabled", ParameterType::boolean, defaults.enabled, "Losses", title, help, kLive));
    s.push_back(within(parameter("loss." + name + ".weight", ParameterType::number, defaults.weight, "Losses", title + " weight",
                                 "What the term is multiplied by in the sum.", kLive), 0, 1e6));
  };
  term("neighbours", o.loss.neighbours, "Neighbours", "Cells that lie near each other should be near each other in the neighbour head.");
  s.push_back(within(parameter("loss.neighbours.widths", ParameterType::list, o.loss.widths, "Losses", "Neighbourhood widths",
                               "How far a neighbourhood reaches, in radii of the slide; several make one sharpness each."), 1e-3, 10));
  term("distance", o.loss.distance, "Distances", "Distances in the distance head should be those in the tissue.");
}

void add_layout(config::Schema& s, const StEdmOptions& o) {
  s.push_back(within(parameter("layout.local", ParameterType::number, o.layout.local, "Layout", "Weight of neighbourhoods",
                               "0 lays cells out by distances alone; more of it finds more true neighbours and bends large distances.", kLive), 0, 100));
  s.push_back(within(parameter("layout.width", ParameterType::number, o.layout.width, "Layout", "Width of neighbourhoods",
                               "Distance, in radii of the tissue, at which two cells stop being neighbours in the layout.", kLive), 1e-3, 10));
  s.push_back(within(parameter("layout.order", ParameterType::number, o.layout.order, "Layout", "Weight of the order of distances",
                               "How much it counts that the cells that are predicted farther from a cell are laid out farther from it, whatever the distances. 0: sizes of distances alone.",
                               kLive), 0, 100));
  s.push_back(within(parameter("layout.neighbours", ParameterType::integer, o.layout.neighbours, "Layout", "Neighbours",
                               "Cells that each cell is drawn to.", kLive), 2, 200));
  s.push_back(within(parameter("layout.iterations", ParameterType::integer, o.layout.iterations, "Layout", "Iterations", "Steps of the layout.", kLive), 0, 10000));
  s.push_back(within(parameter("layout.umap", ParameterType::number, o.layout.umap, "Layout", "Share of UMAP",
                               "Share of the distances that a UMAP of the cells' own expression has in those that are laid out. 0: what was learned from slides alone.", kLive), 0, 1));
}

void add_refiner(config::Schema& s, const StEdmOptions& o) {
  s.push_back(within(parameter("refine.share", ParameterType::number, o.refine.share, "Refiner", "Share of steps",
                               "Share of the steps, after the generator's, in which a denoiser learns what the generator gets wrong. 0: no refiner. It is used only "
                               "where it proves skill."), 0, 0.9));
  s.push_back(within(parameter("refine.sets", ParameterType::integer, o.refine.sets, "Refiner", "Sets a step", "Sets of cells of a step of the refiner."), 1, 64));
  s.push_back(within(parameter("refine.width", ParameterType::integer, o.refine.width, "Refiner", "Width of a head", "Of each of the four attention heads."), 2, 256));
  s.push_back(within(parameter("refine.blocks", ParameterType::integer, o.refine.blocks, "Refiner", "Blocks", "Induced attention blocks, each with its modulation."),
                     1, 16));
  s.push_back(within(parameter("refine.points", ParameterType::integer, o.refine.points, "Refiner", "Inducing points", "Points through which cells see each other."),
                     1, 512));
  s.push_back(within(parameter("refine.samples", ParameterType::integer, o.refine.samples, "Refiner", "Samples",
                               "Samples of a tissue: their mean is the place of a cell, their spread its uncertainty.", kLive), 2, 128));
  s.push_back(within(parameter("refine.lr", ParameterType::number, o.refine.lr, "Refiner", "Learning rate of the refiner", "Falls to zero over its steps."), 1e-8, 1));
  s.push_back(within(parameter("refine.distance", ParameterType::number, o.refine.distance, "Refiner", "Weight of distances",
                               "Of the squared error of distances between refined cells, at every noise level.", kLive), 0, 1e6));
  s.push_back(within(parameter("refine.crossed", ParameterType::integer, o.refine.crossed, "Refiner", "Learn from networks that miss a slide",
                               "At least as many networks for each group of training slides which never see it: the refiner then learns what is wrong on slides not seen. "
                               "0: it learns what the shown networks get wrong with noised input."), 0, 16));
  s.push_back(within(parameter("refine.noise", ParameterType::number, o.refine.noise, "Refiner", "Input noise of the refiner",
                               "Noise on the expression that the refiner sees in training, in units of its mean standard deviation.", kLive), 0, 10));
  s.push_back(one_of(parameter("refine.target", ParameterType::choice, o.refine.target, "Refiner", "What is denoised",
                               "residual: what the generator gets wrong. places: whole tissues, turned onto the generator's, which the refiner sees beside them; doing nothing then knows nothing of the "
                               "generator, so skill is easily had and says less."),
                     {"residual", "places"}));
}

void add_schedule(config::Schema& s, const StEdmOptions& o) {
  s.push_back(within(parameter("optimizer.lr", ParameterType::number, o.optimizer.lr, "Optimiser", "Learning rate", "Of AdamW; 0.001 learns in seconds."), 1e-8, 1));
  s.push_back(one_of(parameter("optimizer.decay", ParameterType::choice, o.optimizer.decay, "Optimiser", "Learning rate decay",
                               "cosine falls to zero at the last step; constant stays."), {"cosine", "constant"}));
  s.push_back(within(parameter("optimizer.weight_decay", ParameterType::number, o.optimizer.weight_decay, "Optimiser", "Weight decay", "Decoupled weight decay of AdamW."), 0, 1));
  s.push_back(within(parameter("snapshot.every_s", ParameterType::number, 2.0, "Schedule", "Snapshot every",
                               "Seconds of training between snapshots at first; thinned by doubling.", kLive), 0.1, 86400, "s"));
  s.push_back(within(parameter("snapshot.max", ParameterType::integer, 60, "Schedule", "Most snapshots",
                               "Snapshots a run keeps; first, best and last always stay."), 3, 100000));
  s.push_back(within(parameter("snapshot.max_mb", ParameterType::number, 300.0, "Schedule", "Snapshot space", "Disk space for snapshots."), 1, 1e6, "MB"));
  s.push_back(within(parameter("analysis.share", ParameterType::number, 0.1, "Schedule", "Analysis share",
                               "Share of wall time that derived pictures may take beside training.", kLive), 0, 1));
  s.push_back(at_least(parameter("checkpoint.every", ParameterType::integer, 500, "Schedule", "Checkpoint every",
                                 "Steps between checkpoints; 0 writes one at the end and whenever validation is best.", kLive), 0, "steps"));
  s.push_back(at_least(parameter("validate.every", ParameterType::integer, 50, "Schedule", "Validate every",
                                 "Steps between losses on validation cells; 0 never.", kLive), 0, "steps"));
  s.push_back(one_of(parameter("best.metric", ParameterType::choice, "val/choice", "Schedule", "Best step by",
                               "Whose smallest value chooses the best step, which is kept and which apply takes. val/choice: order of distances and neighbours (geometric mean of row-Spearman and recall@10) on "
                               "training slides by networks that miss them, or on validation cells; the loss of the refiner while it learns. val/total: the sum of the losses, which is least early, when distances are still far from learned."),
                     {"val/choice", "val/total"}));
  s.push_back(parameter("best.end", ParameterType::boolean, false, "Schedule", "End on the best step",
                        "A run that completes is shown, judged and exported by the weights of its best step, not of its last one; no held-out cell has a say in which that is. What is resumed goes on from "
                        "the last step."));
}

}  // namespace

config::Schema make_probe_parameters() {
  return {within(parameter("sigma", ParameterType::number, 0.0, "Probe", "Noise level",
                           "Refines the generator's places from this noise level, in units of sigma_data, and answers coordinates/probe; 0 answers what a snapshot holds."),
                 0, 20),
          parameter("source", ParameterType::text, "", "Probe", "Source", "The source that is refined; empty: cells of all of them.")};
}

config::Schema make_parameters() {
  const StEdmOptions defaults;
  config::Schema schema;
  add_data(schema, defaults);
  add_general(schema, defaults);
  add_model(schema, defaults);
  add_losses(schema, defaults);
  add_layout(schema, defaults);
  add_refiner(schema, defaults);
  for (Parameter& parameter : schema)
    for (const char* own : {"heads.", "layout.", "refine.", "loss."})
      if (parameter.path.starts_with(own) && parameter.path != "refine.samples") parameter.only_with = "model.kind=recommended";
  add_seed_parameters(schema);
  add_schedule(schema, defaults);
  return schema;
}

}  // namespace geocyte::plugins::st_edm
