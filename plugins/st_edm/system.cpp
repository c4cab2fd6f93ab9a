// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugins/st_edm/system.h"

#include <limits>

#include <ATen/ops/tensor.h>

#include "engine/analysis/snapshot_rows.h"
#include "engine/core/error.h"
#include "plugins/st_edm/evaluation.h"
#include "plugins/st_edm/frames.h"
#include "plugins/st_edm/plain_methods.h"

namespace geocyte::plugins::st_edm {
namespace {

constexpr const char* kGenerate = "generate";

NamedArray places_array(const char* name, const at::Tensor& places, std::string caption) {
  const at::Tensor host = places.to(at::kCPU, at::kFloat).contiguous();
  return make_array<float>(name, {host.const_data_ptr<float>(), static_cast<std::size_t>(host.numel())}, {host.size(0), host.size(1)}, {"cell", "xy"},
                           "points", std::move(caption));
}

}  // namespace

std::vector<train::Stage> StEdm::stages(const Json& json) const {
  const StEdmOptions options = read_options(json);
  train::Stage generate;
  generate.id = kGenerate;
  generate.title = "Generate";
  generate.budget = options.steps;
  generate.inputs = {"sources"};
  generate.makes = {"heads"};
  generate.params = {"seed", "genes", "normalize", "held_out", "input", "heads", "loss", "optimizer", "batch_size", "steps"};
  return {generate};
}

void StEdm::begin(const train::Stage&, const train::Inputs& inputs, train::TrainContext& ctx) {
  options_ = read_options(ctx.options());
  tissue_ = prepare_tissue(inputs, options_, ctx);
  for (store::Axis& axis : make_axes(*tissue_, inputs)) ctx.declare_axis(std::move(axis));
  generator_ = std::make_unique<Generator>(options_, *tissue_, ctx);
  draws_ = std::make_unique<SetDraws>(tissue_->train_rows, options_.batch_size);
  rows_.assign(static_cast<std::size_t>(options_.heads.members * draws_->size()), 0);
}

train::StepReport StEdm::step(train::TrainContext& ctx) {
  draws_->draw(ctx.rng().stream("batches"), rows_);
  return generator_->step(options_, *tissue_, rows_, ctx.step(), ctx.total_steps(), ctx);
}

std::map<std::string, double> StEdm::validate(train::TrainContext&) { return generator_->validate(options_, *tissue_); }

store::Snapshot StEdm::observe(const train::ProbeRequest& request, train::TrainContext& ctx, const StopToken& stop) {
  const Tissue& tissue = *tissue_;
  const bool done = ctx.step() >= ctx.total_steps();
  SourceFacts everything;
  everything.size = tissue.count();
  std::vector<at::Tensor> places;
  for (const SourceFacts& source : tissue.sources)
    places.push_back(done ? generator_->places(options_, tissue, source, ctx.threads(), stop) : generator_->quick_places(tissue, source));
  at::Tensor shown = shown_places(tissue, places, generator_->quick_places(tissue, everything));
  at::Tensor target = tissue.places.to(at::kCPU, at::kFloat).clone();
  for (const SourceFacts& source : tissue.sources)
    if (!source.has_places()) target.narrow(0, source.first, source.size).fill_(std::numeric_limits<float>::quiet_NaN());

  store::Snapshot snapshot;
  const std::int64_t all = tissue.count();
  std::vector<std::int64_t> rows;
  if (all > request.max_rows) {
    rows = analysis::stratified(tissue.source_of_cell, request.max_rows, ctx.rng().seed());
    const at::Tensor at_rows = at::tensor(rows, at::kLong);
    shown = shown.index_select(0, at_rows);
    target = target.index_select(0, at_rows);
  }
  const std::string how = done ? "anchored layout of the pair heads" : "scaling of the pair heads";
  snapshot.arrays.push_back(places_array("coordinates/predicted", shown, how + ", each source laid onto its true places where they are known"));
  snapshot.arrays.push_back(places_array("coordinates/target", target, "true places, unit radius"));
  if (!rows.empty())
    for (const char* name : {"coordinates/predicted/row_index", "coordinates/target/row_index"})
      snapshot.arrays.push_back(make_array<std::int64_t>(name, rows, {static_cast<std::int64_t>(rows.size())}, {"cell"}, "row_index"));
  return snapshot;
}

train::Evaluation StEdm::evaluate(const train::EvaluationRequest& request, train::TrainContext& ctx) {
  std::vector<Method> methods{{"model", [&](const SourceFacts& source) { return generator_->places(options_, *tissue_, source, ctx.threads(), ctx.stop()); }},
                              {"scaling", [&](const SourceFacts& source) { return generator_->quick_places(*tissue_, source); }}};
  for (Method& plain : plain_methods(*tissue_, request.seed, ctx.threads(), ctx.stop())) methods.push_back(std::move(plain));
  return evaluate_places(*tissue_, methods, request, ctx.threads(), ctx.stop());
}

void StEdm::apply(const std::string&, const Json&, train::TrainContext& ctx) { options_ = read_options(ctx.options()); }

void StEdm::export_artifacts(train::ArtifactWriter& writer) const {
  const PairHeadsOptions& o = generator_->heads()->options();
  train::Artifact heads;
  heads.name = "heads";
  heads.type = "pair_heads";
  heads.config = {{"members", o.members}, {"in", o.in}, {"hidden", o.hidden}, {"local", o.local}, {"distance", o.distance}, {"widths", o.widths}, {"dropout", o.dropout}};
  Json sources = Json::array();
  for (const SourceFacts& source : tissue_->sources) sources.push_back({{"name", source.name}, {"cells", source.size}, {"trained_on", source.role == Role::train}});
  heads.about = {{"recipe", tissue_->recipe.to_json()}, {"recipe_hash", tissue_->recipe.hash()}, {"sources", sources}, {"split", tissue_->split}};
  heads.tensors = nn::state_of(*generator_->heads());
  writer.add(std::move(heads));
}

void StEdm::save(train::CheckpointWriter& writer) const {
  generator_->save(writer);
  writer.value("recipe", tissue_->recipe.hash());
}

void StEdm::load(train::CheckpointReader& reader) {
  if (reader.value("recipe") != Json(tissue_->recipe.hash()))
    throw Error(ErrorCode::bad_data, "the checkpoint was trained on another gene panel or other training cells",
                "resume with the data and the options that the run was started with");
  generator_->load(reader);
}

std::unique_ptr<train::System> make_system() { return std::make_unique<StEdm>(); }

}  // namespace geocyte::plugins::st_edm
