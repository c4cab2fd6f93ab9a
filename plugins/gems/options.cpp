// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugins/gems/options.h"

#include <utility>

#include "engine/config/schema.h"
#include "engine/core/check.h"
#include "plugins/gems/term_specs.h"

namespace geocyte::plugins::gems {
namespace {

template <class T>
void read(const Json& options, const std::string& path, T& into) {
  const Json* value = config::find(options, path);
  require(value != nullptr, "a resolved configuration has the option " + path);
  try {
    into = value->template get<T>();
  } catch (const Json::exception&) {
    throw Error(ErrorCode::bad_config, path + " is " + value->dump() + ", which is not of the kind it must be");
  }
}

const Json& own_value(const TermOptions& term, const char* name) {
  require(term.own.contains(name), std::string("the table of terms has the parameter ") + name);
  return term.own[name];
}

}  // namespace

double TermOptions::number(const char* name) const { return own_value(*this, name).get<double>(); }
std::int64_t TermOptions::integer(const char* name) const { return own_value(*this, name).get<std::int64_t>(); }
bool TermOptions::boolean(const char* name) const { return own_value(*this, name).get<bool>(); }
std::string TermOptions::text(const char* name) const { return own_value(*this, name).get<std::string>(); }

const TermOptions& GemsOptions::term(std::string_view id) const {
  const auto found = terms.find(id);
  require(found != terms.end(), "the objective has the term " + std::string(id));
  return found->second;
}

TermOptions& GemsOptions::term(std::string_view id) { return const_cast<TermOptions&>(std::as_const(*this).term(id)); }

GemsOptions read_options(const Json& json) {
  GemsOptions o;
  read(json, "seed", o.seed);
  read(json, "steps", o.steps);
  read(json, "batch_size", o.batch_size);
  read(json, "batch_shares", o.batch_shares);
  read(json, "genes", o.genes);
  read(json, "normalize.target_sum", o.target_sum);
  read(json, "normalize.panel", o.panel);
  read(json, "normalize.by_source", o.by_source);
  read(json, "normalize.depth", o.depth);
  read(json, "encoder.components", o.encoder.components);
  read(json, "encoder.source_norm", o.encoder.source_norm);
  read(json, "adapter", o.adapter);
  read(json, "held_out.seed", o.held_out_seed);
  read(json, "held_out.fraction", o.held_out_fraction);
  read(json, "held_out.sources", o.held_out_sources);
  read(json, "held_out.coordinates", o.held_out_coordinates);
  read(json, "encoder.hidden", o.encoder.hidden);
  read(json, "encoder.latent", o.encoder.latent);
  read(json, "encoder.dropout", o.encoder.dropout);
  read(json, "augment.gene_dropout", o.augment.gene_dropout);
  read(json, "augment.library_jitter", o.augment.library_jitter);
  read(json, "augment.noise", o.augment.noise);
  read(json, "augment.pseudo_spots", o.augment.pseudo_spots);
  read(json, "augment.pseudo_spot_cells", o.augment.pseudo_spot_cells);
  read(json, "optimizer.lr", o.optimizer.lr);
  read(json, "optimizer.weight_decay", o.optimizer.weight_decay);
  read(json, "optimizer.clip_norm", o.optimizer.clip_norm);
  read(json, "optimizer.decay", o.optimizer.decay);
  read(json, "discriminator.hidden", o.discriminator.hidden);
  read(json, "discriminator.lr", o.discriminator.lr);
  read(json, "discriminator.steps", o.discriminator.steps);
  for (const TermSpec& spec : term_specs()) {
    const std::string prefix = "loss." + spec.id + ".";
    TermOptions& term = o.terms[spec.id];
    read(json, prefix + "enabled", term.enabled);
    read(json, prefix + "weight", term.weight);
    read(json, prefix + "warmup_start", term.warmup_start);
    read(json, prefix + "warmup_steps", term.warmup_steps);
    for (const config::Parameter& own : spec.parameters) read(json, prefix + own.path, term.own[own.path]);
  }
  return o;
}

}  // namespace geocyte::plugins::gems
