// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugins/st_edm/system.h"

#include <limits>

#include <ATen/ops/tensor.h>
#include <ATen/ops/zeros.h>
#include <fmt/format.h>

#include "engine/analysis/snapshot_rows.h"
#include "engine/core/error.h"
#include "plugins/st_edm/evaluation.h"
#include "plugins/st_edm/frames.h"
#include "plugins/st_edm/plain_methods.h"
#include "plugins/st_edm/refined_probe.h"

namespace geocyte::plugins::st_edm {
namespace {

constexpr const char *kGenerate = "generate", *kRefine = "refine";
constexpr const char* kValidation = "validation cells of the training slides";
constexpr int kBootstrap = 200;
constexpr std::int64_t kPanelCells = 400;

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
  generate.budget = options.generate_steps();
  generate.inputs = {"sources"};
  generate.makes = {"heads"};
  generate.params = {"seed", "genes", "normalize", "held_out", "input", "heads", "loss", "optimizer", "batch_size", "steps"};
  if (options.refine_steps() == 0) return {generate};
  train::Stage refine;
  refine.id = kRefine;
  refine.title = "Refine";
  refine.budget = options.refine_steps();
  refine.inputs = {"heads"};
  refine.makes = {"refiner"};
  refine.params = {"refine", "heads.noise", "batch_size"};
  return {generate, refine};
}

void StEdm::begin(const train::Stage& stage, const train::Inputs& inputs, train::TrainContext& ctx) {
  options_ = read_options(ctx.options());
  if (stage.id == kGenerate || !tissue_) {
    tissue_ = prepare_tissue(inputs, options_, ctx);
    for (store::Axis& axis : make_axes(*tissue_, inputs)) ctx.declare_axis(std::move(axis));
    generator_ = std::make_unique<Generator>(options_, *tissue_, ctx);
    draws_ = std::make_unique<SetDraws>(tissue_->train_rows, options_.batch_size);
    refiner_.reset();
  }
  const bool refine = stage.id == kRefine;
  rows_.assign(static_cast<std::size_t>((refine ? options_.refine.sets : options_.heads.members) * draws_->size()), 0);
  if (!refine) return;
  draws_->draw(ctx.rng().stream("batches"), rows_);
  refiner_ = std::make_unique<Refiner>(options_, *tissue_, *generator_, rows_, options_.refine.sets, ctx);
}

train::StepReport StEdm::step(train::TrainContext& ctx) {
  draws_->draw(ctx.rng().stream("batches"), rows_);
  if (!refines()) return generator_->step(options_, *tissue_, rows_, ctx.step(), options_.generate_steps(), ctx);
  return refiner_->step(options_, *tissue_, *generator_, rows_, options_.refine.sets, ctx.step() - options_.generate_steps(), options_.refine_steps(), ctx);
}

std::map<std::string, double> StEdm::validate(train::TrainContext& ctx) {
  if (!refines()) return generator_->validate(options_, *tissue_);
  const auto sets = refinement().validation_sets();
  if (sets.empty()) return {};
  const double ratio = refiner_->loss_ratio(sets, ctx.rng().seed());
  return {{"loss_ratio", ratio}, {"total", ratio}};
}

at::Tensor StEdm::places(const SourceFacts& source, bool refined, train::TrainContext& ctx) const {
  if (refined) return refinement().places(source, ctx.rng().seed(), ctx.threads(), ctx.stop());
  return generator_->places(options_, *tissue_, source, ctx.threads(), ctx.stop());
}

store::Snapshot StEdm::observe(const train::ProbeRequest& request, train::TrainContext& ctx, const StopToken& stop) {
  const Tissue& tissue = *tissue_;
  const std::uint64_t seed = ctx.rng().seed();
  store::Snapshot snapshot;
  const bool done = ctx.step() >= ctx.total_steps();
  if (refines() && request.args.value("sigma", 0.0) > 0) {
    snapshot.arrays.push_back(refined_probe(refinement(), request.args["sigma"].get<double>(), request.args.value("source", std::string()), seed));
    return snapshot;
  }
  const SkillPanel panel = refines() ? panel_of(refinement().validation_sets(), kValidation, kBootstrap, seed, stop) : SkillPanel{};
  const Acceptance acceptance = refines() && done ? refinement().acceptance(panel, seed) : Acceptance{};
  const bool refined = acceptance.accepted;
  SourceFacts everything;
  everything.size = tissue.count();
  std::vector<at::Tensor> places;
  at::Tensor uncertainty = at::zeros({tissue.count()}, at::kFloat);
  for (const SourceFacts& source : tissue.sources) {
    places.push_back(done ? this->places(source, refined, ctx) : generator_->quick_places(tissue, source));
    if (refines() && done) uncertainty.narrow(0, source.first, source.size).copy_(refinement().refine(source, seed, stop).uncertainty);
  }
  at::Tensor shown = shown_places(tissue, places, generator_->quick_places(tissue, everything));
  at::Tensor target = tissue.places.to(at::kCPU, at::kFloat).clone();
  for (const SourceFacts& source : tissue.sources)
    if (!source.has_places()) target.narrow(0, source.first, source.size).fill_(std::numeric_limits<float>::quiet_NaN());

  std::vector<std::int64_t> rows;
  if (tissue.count() > request.max_rows) {
    rows = analysis::stratified(tissue.source_of_cell, request.max_rows, seed);
    const at::Tensor at_rows = at::tensor(rows, at::kLong);
    for (at::Tensor* values : {&shown, &target, &uncertainty}) *values = values->index_select(0, at_rows);
  }
  const std::string how = refined ? "layout of refined pair heads" : done ? "anchored layout of the pair heads" : "scaling of the pair heads";
  snapshot.arrays.push_back(places_array("coordinates/predicted", shown, how + ", each source laid onto its true places where they are known"));
  snapshot.arrays.push_back(places_array("coordinates/target", target, "true places, unit radius"));
  if (refines() && done)
    snapshot.arrays.push_back(make_array<float>("coordinates/uncertainty", {uncertainty.const_data_ptr<float>(), static_cast<std::size_t>(uncertainty.numel())},
                                                {uncertainty.size(0)}, {"cell"}, "values", "spread of " + std::to_string(options_.refine.samples) + " samples, in radii"));
  if (!rows.empty())
    for (std::size_t i = snapshot.arrays.size(); i > 0; --i)
      snapshot.arrays.push_back(make_array<std::int64_t>(snapshot.arrays[i - 1].name + "/row_index", rows, {static_cast<std::int64_t>(rows.size())}, {"cell"}, "row_index"));
  if (refines()) add_skill(snapshot, panel, acceptance, done, stop);
  return snapshot;
}

SkillPanel StEdm::panel_of(const std::vector<RefineSets>& sets, const std::string& split, int bootstrap, std::uint64_t seed, const StopToken& stop) const {
  if (sets.empty()) return {};
  return skill_panel(*refiner_, sets, split, {bootstrap, seed, stop});
}

void StEdm::add_skill(store::Snapshot& snapshot, const SkillPanel& validation, const Acceptance& acceptance, bool done, const StopToken& stop) const {
  // What is shown at the end is of the slide that counts; while training, looking at it costs too much.
  SkillPanel panel = validation;
  if (done) {
    const auto sets = refinement().held_out_sets(kPanelCells, static_cast<std::uint64_t>(options_.seed));
    if (!sets.empty()) panel = panel_of(sets, tissue_->split, kBootstrap, static_cast<std::uint64_t>(options_.seed), stop);
    snapshot.verdicts.push_back(acceptance_verdict(acceptance));
  }
  if (panel.levels.empty()) return;
  for (NamedArray& array : skill_arrays(panel)) snapshot.arrays.push_back(std::move(array));
  snapshot.verdicts.push_back(skill_verdict(panel));
}

train::Evaluation StEdm::evaluate(const train::EvaluationRequest& request, train::TrainContext& ctx) {
  Acceptance acceptance;
  if (refines())
    acceptance = refinement().acceptance(panel_of(refinement().validation_sets(), kValidation, kBootstrap, request.seed, ctx.stop()), request.seed);
  const auto laid_out = [&](bool refined) { return [&, refined](const SourceFacts& source) { return places(source, refined, ctx); }; };
  std::vector<Method> methods{{"model", laid_out(acceptance.accepted)}, {"generator", laid_out(false)}};
  if (refines()) methods.push_back({"refined", laid_out(true)});
  methods.push_back({"scaling", [&](const SourceFacts& source) { return generator_->quick_places(*tissue_, source); }});
  for (Method& plain : plain_methods(*tissue_, request.seed, ctx.threads(), ctx.stop())) methods.push_back(std::move(plain));
  train::Evaluation evaluation = evaluate_places(*tissue_, methods, request, ctx.threads(), ctx.stop());
  if (!refines()) return evaluation;
  evaluation.verdicts.push_back(acceptance_verdict(acceptance));
  const SkillPanel panel = panel_of(refinement().held_out_sets(kPanelCells, request.seed), tissue_->split, request.bootstrap, request.seed, ctx.stop());
  if (panel.levels.empty()) return evaluation;
  for (const SkillLevel& level : panel.levels)
    evaluation.rows.push_back({fmt::format("skill/ratio at {:.1f} sigma_data", level.sigma), "model", level.ratio, level.low, level.high, 1.0, panel.cells, panel.split});
  evaluation.rows.push_back({"skill/coverage_90", "refined", refinement().coverage(kPanelCells, request.seed, ctx.stop()), {}, {}, {}, panel.cells, panel.split});
  evaluation.verdicts.push_back(skill_verdict(panel));
  return evaluation;
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
  if (refines()) refiner_->save(writer);
  writer.value("recipe", tissue_->recipe.hash());
}

void StEdm::load(train::CheckpointReader& reader) {
  if (reader.value("recipe") != Json(tissue_->recipe.hash()))
    throw Error(ErrorCode::bad_data, "the checkpoint was trained on another gene panel or other training cells",
                "resume with the data and the options that the run was started with");
  generator_->load(reader);
  if (refines()) refiner_->load(reader);
}

std::unique_ptr<train::System> make_system() { return std::make_unique<StEdm>(); }

}  // namespace geocyte::plugins::st_edm
