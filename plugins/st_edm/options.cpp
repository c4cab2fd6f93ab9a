// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugins/st_edm/options.h"

#include <cmath>

#include "engine/config/schema.h"
#include "engine/core/check.h"

namespace geocyte::plugins::st_edm {
namespace {

template <class T>
void read(const Json& options, const std::string& path, T& into) {
  const Json* value = config::find(options, path);
  require(value != nullptr, "a resolved configuration has the option " + path);
  into = value->template get<T>();
}

void read_term(const Json& json, const std::string& name, TermOptions& into) {
  read(json, "loss." + name + ".enabled", into.enabled);
  read(json, "loss." + name + ".weight", into.weight);
}

void read_seed(const Json& json, SeedOptions& o) {
  read(json, "edm.latent", o.latent);
  read(json, "edm.width", o.width);
  read(json, "edm.points", o.points);
  read(json, "edm.context", o.context);
  read(json, "edm.generate", o.generate);
  read(json, "edm.denoise", o.denoise);
  read(json, "edm.sets", o.sets);
  read(json, "edm.self_conditioning", o.self_conditioning);
  read(json, "edm.generator_lr", o.generator_lr);
  read(json, "edm.clamp", o.clamp);
  read(json, "edm.normalised", o.normalised);
  read(json, "edm.gates", o.gates);
  read(json, "edm.frame", o.frame);
  read(json, "edm.caps", o.caps);
  read(json, "edm.check_every", o.check_every);
  read(json, "edm.start", o.start);
  for (std::size_t t = 0; t < kSeedTerms.size(); ++t) read_term(json, kSeedTerms[t].name, o.terms[t]);
}

}  // namespace

std::int64_t StEdmOptions::refine_steps() const { return std::llround(refine.share * static_cast<double>(steps)); }

std::int64_t StEdmOptions::pretrain_steps() const { return std::llround(heads.pretrain * static_cast<double>(generate_steps())); }

StEdmOptions read_options(const Json& json) {
  StEdmOptions o;
  read(json, "seed", o.seed);
  read(json, "steps", o.steps);
  read(json, "batch_size", o.batch_size);
  read(json, "genes", o.genes);
  read(json, "genes_by", o.genes_by);
  read(json, "normalize.target_sum", o.target_sum);
  read(json, "held_out.fraction", o.held_out_fraction);
  read(json, "held_out.sources", o.held_out_sources);
  read(json, "input.kind", o.input.kind);
  read(json, "input.components", o.input.components);
  read(json, "input.embedding", o.input.embedding);
  read(json, "input.encoder", o.input.encoder);
  read(json, "input.beside", o.input.beside);
  read(json, "heads.members", o.heads.members);
  read(json, "heads.hidden", o.heads.hidden);
  read(json, "heads.local", o.heads.local);
  read(json, "heads.distance", o.heads.distance);
  read(json, "heads.dropout", o.heads.dropout);
  read(json, "heads.noise", o.heads.noise);
  read(json, "heads.context", o.heads.context);
  read(json, "heads.pretrain", o.heads.pretrain);
  read(json, "heads.missed", o.heads.missed);
  read_term(json, "neighbours", o.loss.neighbours);
  read(json, "loss.neighbours.widths", o.loss.widths);
  read_term(json, "distance", o.loss.distance);
  read(json, "optimizer.lr", o.optimizer.lr);
  read(json, "optimizer.decay", o.optimizer.decay);
  read(json, "optimizer.weight_decay", o.optimizer.weight_decay);
  read(json, "refine.share", o.refine.share);
  read(json, "refine.sets", o.refine.sets);
  read(json, "refine.width", o.refine.width);
  read(json, "refine.blocks", o.refine.blocks);
  read(json, "refine.points", o.refine.points);
  read(json, "refine.samples", o.refine.samples);
  read(json, "refine.lr", o.refine.lr);
  read(json, "refine.distance", o.refine.distance);
  read(json, "refine.crossed", o.refine.crossed);
  read(json, "refine.noise", o.refine.noise);
  read(json, "refine.target", o.refine.target);
  read(json, "layout.local", o.layout.local);
  read(json, "layout.width", o.layout.width);
  read(json, "layout.order", o.layout.order);
  read(json, "layout.neighbours", o.layout.neighbours);
  read(json, "layout.iterations", o.layout.iterations);
  read(json, "layout.umap", o.layout.umap);
  read(json, "model.kind", o.kind);
  read_seed(json, o.edm);
  return o;
}

}  // namespace geocyte::plugins::st_edm
