// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugins/st_edm/system.h"

#include <chrono>
#include <utility>

#include <fmt/format.h>

#include "engine/core/error.h"
#include "plugins/st_edm/evaluation.h"
#include "plugins/st_edm/placing_artifact.h"
#include "plugins/st_edm/plain_methods.h"
#include "plugins/st_edm/refined_probe.h"
#include "plugins/st_edm/showing.h"

namespace geocyte::plugins::st_edm {
namespace {

constexpr const char *kGenerate = "generate", *kRefine = "refine";
constexpr const char* kValidation = "validation cells of the training slides";
constexpr int kBootstrap = 200;
constexpr std::int64_t kPanelCells = 400;

}  // namespace

std::vector<train::Stage> StEdm::stages(const Json& json) const {
  const StEdmOptions options = read_options(json);
  train::Stage generate;
  generate.id = kGenerate;
  generate.title = "Generate";
  generate.budget = options.generate_steps();
  generate.inputs = {"sources"};
  generate.makes = {"heads"};
  generate.params = {"seed", "genes", "normalize", "held_out", "input", "heads", "loss", "optimizer", "batch_size", "steps", "refine.crossed"};
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
  threads_ = ctx.threads();
  forget_judgements();
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
  forget_judgements();
  draws_->draw(ctx.rng().stream("batches"), rows_);
  if (!refines()) return generator_->step(options_, *tissue_, rows_, ctx.step(), options_.generate_steps(), ctx);
  return refiner_->step(options_, *tissue_, *generator_, rows_, options_.refine.sets, ctx.step() - options_.generate_steps(), options_.refine_steps(), ctx);
}

std::map<std::string, double> StEdm::validate(train::TrainContext& ctx) {
  if (!refines()) return generator_->validate(options_, *tissue_);
  const auto sets = refinement().validation_sets();
  if (sets.empty()) return {};
  const double ratio = mean_loss_ratio(*refiner_, sets, ctx.rng().seed());
  return {{"loss_ratio", ratio}, {"total", ratio}, {"choice", ratio}};
}

StEdm::Laid StEdm::laid(const SourceFacts& source, bool refined, train::TrainContext& ctx) const {
  return laid_.of({source.name, refined}, ctx.stop(), [&] {
    const auto begin = std::chrono::steady_clock::now();
    Laid made{refined ? refinement().places(source, ctx.rng().seed(), ctx.threads(), ctx.stop()) : generator_->places(options_, *tissue_, source, ctx.threads(), ctx.stop()), 0};
    made.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    return made;
  });
}

store::Snapshot StEdm::observe(const train::ProbeRequest& request, train::TrainContext& ctx, const StopToken& stop) {
  const Tissue& tissue = *tissue_;
  const std::uint64_t seed = ctx.rng().seed();
  store::Snapshot snapshot;
  const bool done = ctx.step() >= ctx.total_steps();
  if (refines() && request.args.value("sigma", 0.0) > 0) {
    const double sigma = request.args["sigma"].get<double>();
    const auto refine = [&](const std::vector<std::int64_t>& rows, std::uint64_t own) { return refiner_->refined(known_set(options_, tissue, *generator_, rows), sigma, own); };
    SourceFacts everything;
    everything.size = tissue.count();
    snapshot.arrays.push_back(refined_probe(tissue, generator_->quick_places(tissue, everything), refine, sigma, request.args.value("source", std::string()), seed));
    return snapshot;
  }
  const SkillPanel panel = validation_panel(seed, stop);
  const Acceptance acceptance = done ? this->acceptance(seed, stop) : Acceptance{};
  const bool refined = acceptance.accepted;
  const Placing placing = this->placing(refined);
  Layouts layouts;
  layouts.places = [&](const SourceFacts& source) { return done ? laid(source, refined, ctx).places : generator_->quick_places(tissue, source); };
  layouts.joint = [&](const SourceFacts& everything) { return generator_->quick_places(tissue, everything); };
  layouts.threads = threads_;
  if (done) {
    layouts.calibration = calibration(seed, stop);
    layouts.samples = [&](const SourceFacts& source, const at::Tensor& shown) { return placing.samples(whole_source(source), shown, seed, stop); };
    layouts.samples_caption = placing.source_of_samples();
    layouts.uncertainty_caption = layouts.calibration.cells > 0 ? fmt::format("error to be expected, in radii; calibrated on {} {}", layouts.calibration.cells, layouts.calibration.of_what())
                                                                : "spread of samples, in radii, not calibrated";
  }
  layouts.how = refined ? "layout of refined pair heads" : done ? "anchored layout of the pair heads" : "scaling of the pair heads";
  show_places(snapshot, tissue, layouts, request.max_rows, seed);
  if (refines()) add_skill(snapshot, panel, acceptance, done, stop);
  return snapshot;
}

SkillPanel StEdm::validation_panel(std::uint64_t seed, const StopToken& stop) const {
  if (!refines()) return {};
  return panel_.of(seed, stop, [&] { return panel_of(refinement().validation_sets(), kValidation, kBootstrap, seed, stop); });
}

Acceptance StEdm::acceptance(std::uint64_t seed, const StopToken& stop) const {
  if (!refines()) return {};
  return acceptance_.of(seed, stop, [&] { return judge(refinement().shown_sets(seed, threads_, stop), validation_panel(seed, stop), refinement().missed(), seed); });
}

Calibration StEdm::calibration(std::uint64_t seed, const StopToken& stop) const {
  return calibration_.of(seed, stop, [&] { return calibrate(placing(accepted(seed, stop)), seed, threads_, stop); });
}

void StEdm::forget_judgements() {
  laid_.forget();
  panel_.forget();
  acceptance_.forget();
  calibration_.forget();
}

CoverageCurve StEdm::coverage(const Placing& placing, const Calibration& calibration, const std::function<at::Tensor(const SourceFacts&)>& places, std::uint64_t seed,
                              const StopToken& stop) const {
  ErrorsAndSpreads held_out;
  for (const std::size_t s : tissue_->sources_with(Role::held_out)) {
    const SourceFacts& source = tissue_->sources[s];
    const at::Tensor own = places(source);
    if (stop.stop_requested()) return {};
    if (!own.defined()) continue;   // too few cells to be judged
    held_out.add(own, tissue_->places.narrow(0, source.first, source.size), spread_about(placing.samples(whole_source(source), own, seed, stop), own));
  }
  return coverage_curve(calibration, held_out, tissue_->split);
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
  show_skill(snapshot, panel);
}

train::Evaluation StEdm::evaluate(const train::EvaluationRequest& request, train::TrainContext& ctx) {
  const Acceptance acceptance = this->acceptance(request.seed, ctx.stop());
  const auto method = [&](const char* name, bool refined) {
    return Method{name, [&, refined](const SourceFacts& source) { return laid(source, refined, ctx).places; }, false, [&, refined](const SourceFacts& source) { return laid(source, refined, ctx).seconds; }};
  };
  std::vector<Method> methods{method("model", acceptance.accepted), method("generator", false)};
  if (refines()) methods.push_back(method("refined", true));
  methods.push_back({"scaling", [&](const SourceFacts& source) { return generator_->quick_places(*tissue_, source); }});
  for (Method& plain : plain_methods(*tissue_, request.seed, ctx.threads(), ctx.stop())) methods.push_back(std::move(plain));
  train::Evaluation evaluation = evaluate_places(*tissue_, methods, request, ctx.threads(), ctx.stop());
  if (!evaluation.rows.empty() && !ctx.stop().stop_requested()) {
    const Placing placing = this->placing(acceptance.accepted);
    const Calibration calibration = this->calibration(request.seed, ctx.stop());
    const auto shown = [&](const SourceFacts& source) { return can_be_judged(source) ? laid(source, acceptance.accepted, ctx).places : at::Tensor(); };
    add_coverage_rows(evaluation, coverage(placing, calibration, shown, request.seed, ctx.stop()), calibration);
  }
  if (!refines()) return evaluation;
  evaluation.verdicts.push_back(acceptance_verdict(acceptance));
  const SkillPanel panel = panel_of(refinement().held_out_sets(kPanelCells, request.seed), tissue_->split, request.bootstrap, request.seed, ctx.stop());
  if (!panel.levels.empty()) add_skill_rows(evaluation, panel, refinement().coverage(kPanelCells, request.seed, ctx.stop()));
  return evaluation;
}

void StEdm::apply(const std::string&, const Json&, train::TrainContext& ctx) {
  options_ = read_options(ctx.options());
  forget_judgements();
}

void StEdm::export_artifacts(train::ArtifactWriter& writer) const {
  const auto seed = static_cast<std::uint64_t>(options_.seed);
  writer.add(to_artifact(placing(accepted(seed, {})), calibration(seed, {})));
}

void StEdm::save(train::CheckpointWriter& writer) const {
  generator_->save(writer);
  if (refines()) refiner_->save(writer);
  save_input(*tissue_, writer);
}

void StEdm::load(train::CheckpointReader& reader) {
  forget_judgements();
  check_input(*tissue_, reader);
  generator_->load(reader);
  if (refines()) refiner_->load(reader);
}

}  // namespace geocyte::plugins::st_edm
