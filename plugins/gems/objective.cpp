// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugins/gems/objective.h"

#include <algorithm>

#include <ATen/core/grad_mode.h>
#include <ATen/ops/stack.h>
#include <ATen/ops/zeros.h>

#include "engine/optim/schedule.h"
#include "plugins/gems/terms/registry.h"

namespace geocyte::plugins::gems {

Objective::Objective() = default;
Objective::~Objective() = default;

void Objective::make(const TermSpec& spec, const GemsOptions& options, const Cells& cells, Model& model, train::TrainContext& ctx) {
  if (!knowledge_) knowledge_ = std::make_unique<CellKnowledge>(cells);
  auto& term = made_[spec.id];
  if (!term) term = make_term(spec.id, {options, options.term(spec.id), cells, *knowledge_, model, ctx});
}

void Objective::prepare(const GemsOptions& options, const Cells& cells, Model& model, train::TrainContext& ctx) {
  for (const TermSpec& spec : term_specs())
    if (options.term(spec.id).enabled) make(spec, options, cells, model, ctx);
}

std::map<std::string, double> Objective::train_opponents(const GemsOptions& options, const Views& views, const BatchGroups& groups,
                                                         const NoiseSource& noise, train::TrainContext& ctx) {
  std::map<std::string, double> scalars;
  for (const TermSpec& spec : term_specs()) {
    const TermOptions& own = options.term(spec.id);
    if (own.enabled) scalars.merge(made_.at(spec.id)->train_opponent({options, own, views, groups, ctx.step()}, noise, ctx));
  }
  return scalars;
}

Objective::Value Objective::evaluate(const GemsOptions& options, std::int64_t step, const Views& views, const BatchGroups& groups,
                                     bool training) const {
  Value value;
  std::vector<at::Tensor> values;
  std::vector<std::pair<std::string, at::Tensor>> details;
  for (const TermSpec& spec : term_specs()) {
    const TermOptions& own = options.term(spec.id);
    if (!own.enabled) continue;
    const double weight = own.weight * (training ? optim::ramp(step, own.warmup_start, own.warmup_steps) : 1.0);
    const at::AutoGradMode with_gradient(weight > 0 && at::GradMode::is_enabled());
    losses::Term computed = made_.at(spec.id)->evaluate({options, own, views, groups, step, training, &details});
    if (!computed) {
      value.absent.emplace(spec.id, computed.why_absent);
      continue;
    }
    value.terms.push_back(&spec);
    value.weights.push_back(weight);
    values.push_back(computed.value->detach());
    if (weight > 0) value.total = value.total.defined() ? value.total.add(*computed.value, weight) : *computed.value * weight;
  }
  for (auto& [name, detail] : details) {
    value.details.push_back(name);
    values.push_back(detail);
  }
  value.values = values.empty() ? at::zeros({0}, views.z1.options()) : at::stack(values);
  return value;
}

void Objective::save(train::CheckpointWriter& writer) const {
  Json made = Json::array();
  for (const auto& [id, term] : made_) {
    made.push_back(id);
    term->save(writer);
  }
  writer.value("terms", std::move(made));
}

void Objective::prepare_saved(const train::CheckpointReader& reader, const GemsOptions& options, const Cells& cells, Model& model,
                              train::TrainContext& ctx) {
  const Json& saved = reader.value("terms");
  for (const TermSpec& spec : term_specs())
    if (std::find(saved.begin(), saved.end(), Json(spec.id)) != saved.end()) make(spec, options, cells, model, ctx);
}

void Objective::load(train::CheckpointReader& reader) {
  const Json& saved = reader.value("terms");
  for (auto& [id, term] : made_)
    if (std::find(saved.begin(), saved.end(), Json(id)) != saved.end()) term->load(reader);
}

}  // namespace geocyte::plugins::gems
