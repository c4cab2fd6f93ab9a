// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugins/gems/system.h"

#include <algorithm>
#include <chrono>

#include <ATen/core/grad_mode.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/index_select.h>
#include <ATen/ops/sub.h>
#include <ATen/ops/tensor.h>

#include "engine/analysis/snapshot_rows.h"
#include "engine/core/check.h"
#include "engine/core/error.h"
#include "engine/nn/augment.h"
#include "engine/nn/generator.h"
#include "plugins/gems/adapter.h"
#include "plugins/gems/embedding.h"
#include "plugins/gems/evaluation.h"
#include "plugins/gems/linear_base.h"
#include "plugins/gems/parity.h"
#include "plugins/gems/pseudo_spots.h"

namespace geocyte::plugins::gems {
namespace {

constexpr std::int64_t kValidationCells = 1024;
constexpr std::int64_t kParityCells = 64;

double milliseconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count();
}

/// (B): the source of each cell of a batch of that layout.
at::Tensor sources_of_layout(const Cells& cells, const BatchLayout& layout) {
  std::vector<std::int64_t> own(cells.sources.size());
  for (std::size_t s = 0; s < own.size(); ++s) own[s] = static_cast<std::int64_t>(s);
  return at::tensor(layout.spread(own), at::kLong).to(cells.source_mean.device());
}

std::vector<bool> not_empty(const std::vector<std::vector<std::int64_t>>& rows) {
  std::vector<bool> all;
  for (const auto& one : rows) all.push_back(!one.empty());
  return all;
}

std::vector<std::int64_t> sizes_of(const std::vector<std::vector<std::int64_t>>& rows) {
  std::vector<std::int64_t> all;
  for (const auto& one : rows) all.push_back(static_cast<std::int64_t>(one.size()));
  return all;
}

std::vector<double> to_doubles(const at::Tensor& values) {
  const at::Tensor host = values.to(at::kCPU, at::kDouble).contiguous();
  return {host.const_data_ptr<double>(), host.const_data_ptr<double>() + host.numel()};
}

}  // namespace

std::vector<train::Stage> Gems::stages(const Json& options) const {
  train::Stage encode;
  encode.id = "encode";
  encode.title = "Encode";
  encode.kind = train::StageKind::optimise;
  encode.budget = read_options(options).steps;
  encode.inputs = {"sources"};
  encode.makes = {"encoder"};
  encode.params = {"seed", "genes", "normalize", "held_out", "encoder", "augment", "optimizer", "discriminator", "loss", "batch_size", "batch_shares", "adapter", "steps"};
  return {encode};
}

void Gems::begin(const train::Stage&, const train::Inputs& inputs, train::TrainContext& ctx) {
  context_ = &ctx;
  options_ = read_options(ctx.options());
  cells_ = prepare_cells(inputs, options_, ctx);
  proportions_ = spot_proportions(inputs);
  for (store::Axis& axis : make_axes(*cells_, inputs)) ctx.declare_axis(std::move(axis));
  model_ = std::make_unique<Model>(cells_->genes(), static_cast<std::int64_t>(cells_->sources.size()), options_, ctx);
  if (options_.encoder.components > 0) model_->set_base(linear_base(*cells_, options_));
  objective_ = std::make_unique<Objective>();
  objective_->prepare(options_, *cells_, *model_, ctx);

  auto train_rows = cells_->by_source(cells_->split.train);
  BatchLayout layout = options_.batch_shares == "size" ? proportional_layout(sizes_of(train_rows), options_.batch_size)
                                                       : balanced_layout(cells_->modality_of_source(), not_empty(train_rows), options_.batch_size);
  groups_.emplace(layout, *cells_, ctx.device());
  const at::Tensor sources = sources_of_layout(*cells_, layout);
  batch_means_ = cells_->source_mean.index_select(0, sources);
  batch_scaling_ = cells_->scaling.rows(sources);
  const std::int64_t batch = layout.cells();
  batches_ = std::make_unique<Batches>(std::move(train_rows), std::move(layout));
  rows_ = at::empty({batch}, at::kLong);
  batch_ = at::empty({batch, cells_->genes()}, cells_->expression.options());
  centred_ = at::empty_like(batch_);
  filled_ = false;
  prepare_validation(ctx);
}

void Gems::prepare_validation(train::TrainContext& ctx) {
  validation_.reset();
  auto rows = cells_->by_source(cells_->split.held_out);
  const auto present = not_empty(rows);
  const auto sources = std::count(present.begin(), present.end(), true);
  if (sources < 2) {
    ctx.note("there are no held-out cells in at least two sources, so there is no validation loss");
    return;
  }
  const auto size = std::max(std::min<std::int64_t>(kValidationCells, static_cast<std::int64_t>(cells_->split.held_out.size())), std::int64_t{sources});
  const BatchLayout layout = balanced_layout(cells_->modality_of_source(), present, size);
  std::vector<std::int64_t> chosen(static_cast<std::size_t>(layout.cells()));
  Rng& rng = ctx.rng().stream("validation");
  Batches(std::move(rows), layout).draw(rng, chosen);
  const at::Tensor at_rows = at::tensor(chosen, at::kLong).to(ctx.device());
  const at::Tensor expression = cells_->expression.index_select(0, at_rows);
  const at::Tensor sources_of = sources_of_layout(*cells_, layout);
  validation_.emplace(Validation{expression, expression - cells_->source_mean.index_select(0, sources_of), at_rows, cells_->scaling.rows(sources_of), BatchGroups(layout, *cells_, ctx.device()), rng()});
}

void Gems::load_batch(train::TrainContext& ctx) {
  if (frozen_ && filled_) return;
  filled_ = true;
  batches_->draw(ctx.rng().stream("batches"), {rows_.mutable_data_ptr<std::int64_t>(), static_cast<std::size_t>(rows_.numel())});
  // The buffers of the last step are free again: its backward pass is over.
  device_rows_ = ctx.device().is_cpu() ? rows_ : rows_.to(ctx.device());
  at::index_select_out(batch_, cells_->expression, 0, device_rows_);
  if (options_.augment.pseudo_spots > 0)
    make_pseudo_spots(batch_, *cells_, batches_->layout(), batches_->rows_of_source(), options_.augment.pseudo_spots,
                      options_.augment.pseudo_spot_cells, ctx.rng().stream("pseudo_spots"));
  at::sub_out(centred_, batch_, batch_means_);
  noise_seed_ = ctx.rng().stream("noise")();
}

StepInput Gems::step_input(const at::Tensor& expression, const at::Tensor& centred, const at::Tensor& rows, const InputScaling& scaling,
                           std::uint64_t noise_seed) const {
  const at::Generator generator = nn::make_generator(noise_seed, expression.device());
  const nn::AugmentOptions augment{options_.augment.gene_dropout, options_.augment.library_jitter, options_.augment.noise};
  return {expression, centred, rows, {}, scaling, nn::draw_augmentation(expression, augment, kViews, generator), generator, {}};
}

train::StepReport Gems::step(train::TrainContext& ctx) {
  train::StepReport report;
  if (ctx.step() == 0) report.scalars["parity/gap"] = check_paths();
  const auto start = std::chrono::steady_clock::now();
  load_batch(ctx);
  report.scalars["time/data_ms"] = milliseconds_since(start);

  StepInput input = step_input(batch_, centred_, device_rows_, batch_scaling_, noise_seed_);
  input.source = groups_->source.label_tensor();
  input.opponent_noise = [&] { return nn::make_generator(ctx.rng().stream("discriminator")(), ctx.device()); };
  const StepOutcome outcome = training_step(options_, *model_, *objective_, *groups_, input, ctx);
  report.scalars.insert(outcome.scalars.begin(), outcome.scalars.end());

  const Objective::Value& value = outcome.objective;
  const std::vector<double> values = to_doubles(value.values);
  for (std::size_t i = 0; i < value.terms.size(); ++i) {
    const std::string& name = value.terms[i]->id;
    report.terms[name] = values[i];
    report.weighted[name] = value.weights[i] * values[i];
    report.total += value.weights[i] * values[i];
  }
  for (std::size_t i = 0; i < value.details.size(); ++i) report.scalars[value.details[i]] = values[value.terms.size() + i];
  report.units = batch_.size(0);
  return report;
}

double Gems::check_paths() const {
  // Cells from everywhere on the axis, so that every source's preprocessing is held against itself.
  const std::int64_t all = cells_->count(), count = std::min(all, kParityCells);
  std::vector<std::int64_t> places(static_cast<std::size_t>(count));
  for (std::int64_t i = 0; i < count; ++i) places[static_cast<std::size_t>(i)] = i * all / count;
  const at::Tensor rows = at::tensor(places, at::kLong).to(cells_->expression.device());
  const auto optimised = [&] {
    const at::NoGradGuard no_gradient;
    StepInput input;
    input.expression = cells_->expression.index_select(0, rows);
    input.source = cells_->source_number.index_select(0, rows);
    input.scaling = cells_->scaling.rows(input.source);
    return embed_views(*model_, input).z1;
  };
  return check_parity(optimised, [&] { return judged(rows); });
}

at::Tensor Gems::judged(const at::Tensor& rows) const {
  const at::Tensor z = embed_cells(*cells_, *model_, rows);
  return judged_through_ ? judged_through_(z) : z;
}

std::map<std::string, double> Gems::validate(train::TrainContext& ctx) {
  if (!validation_) return {};
  measure_unseen();
  StepInput input = step_input(validation_->expression, validation_->centred, validation_->rows, validation_->scaling, validation_->noise_seed);
  input.source = validation_->groups.source.label_tensor();
  input.dropout.reset();
  const Views views = embed_views(*model_, input);
  const Objective::Value value = objective_->evaluate(options_, ctx.step(), views, validation_->groups, false);
  const std::vector<double> values = to_doubles(value.values);
  std::map<std::string, double> terms;
  double total = 0;
  for (std::size_t i = 0; i < value.terms.size(); ++i) {
    terms[value.terms[i]->id] = values[i];
    // A discriminator that is lost makes the adversary's term small, one that wins makes it large: it judges nothing.
    if (!value.terms[i]->adversarial) total += value.weights[i] * values[i];
  }
  terms["total"] = total;
  check_paths();
  return terms;
}

store::Snapshot Gems::observe(const train::ProbeRequest& request, train::TrainContext& ctx, const StopToken&) {
  measure_unseen();
  store::Snapshot snapshot;
  at::Tensor embedding;
  const std::int64_t all = cells_->count();
  if (all <= request.max_rows) {
    embedding = judged({});
  } else {
    const auto rows = analysis::stratified(cells_->source_of_cell, request.max_rows, ctx.rng().seed());
    embedding = judged(at::tensor(rows, at::kLong).to(ctx.device()));
    snapshot.arrays.push_back(make_array<std::int64_t>("embedding/row_index", rows, {static_cast<std::int64_t>(rows.size())}, {"cell"}, "row_index"));
  }
  const std::int64_t shown = embedding.size(0);
  snapshot.arrays.push_back(make_array<float>(
      "embedding", {embedding.const_data_ptr<float>(), static_cast<std::size_t>(embedding.numel())}, {shown, embedding.size(1)},
      {"cell", "latent"}, "points", "encoder output without dropout, " + std::to_string(shown) + " of " + std::to_string(all) + " cells"));
  return snapshot;
}

void Gems::measure_unseen() const {
  if (model_->source_norm().is_empty()) return;
  const at::NoGradGuard no_gradient;
  const auto train = cells_->by_source(cells_->split.train), held_out = cells_->by_source(cells_->split.held_out);
  for (std::size_t s = 0; s < train.size(); ++s) {
    if (!train[s].empty()) continue;
    const at::Tensor rows = at::tensor(held_out[s], at::kLong).to(cells_->expression.device());
    const at::Tensor x = cells_->expression.index_select(0, rows);
    nn::DomainStatistics statistics;
    statistics.add(model_->encoder()->forward(cells_->scaling.rows(cells_->source_number.index_select(0, rows)).apply(x)));
    model_->source_norm()->set_statistics(static_cast<std::int64_t>(s), statistics);
  }
}

std::optional<nn::SourceMaps> Gems::adapter() const {
  if (options_.adapter == "none") return std::nullopt;
  return fit_adapter(options_.adapter, embed_cells(*cells_, *model_), *cells_);
}

train::Evaluation Gems::evaluate(const train::EvaluationRequest& request, train::TrainContext& ctx) {
  measure_unseen();
  const auto maps = adapter();
  const auto exported = [&](const at::Tensor& rows) {
    const at::Tensor z = embed_cells(*cells_, *model_, rows);
    return maps ? (*maps)->forward(z, cells_->source_number.index_select(0, rows)) : z;
  };
  return evaluate_alignment(*cells_, proportions_, exported, request, ctx.stop());
}

void Gems::apply(const std::string&, const Json&, train::TrainContext& ctx) {
  options_ = read_options(ctx.options());
  objective_->prepare(options_, *cells_, *model_, ctx);
}

void Gems::export_artifacts(train::ArtifactWriter& writer) const {
  measure_unseen();
  train::Artifact encoder;
  encoder.name = "encoder";
  encoder.type = "expression_encoder";
  encoder.config = nn::to_json(model_->encoder()->options());
  const auto maps = exported_maps(*cells_, model_->source_norm(), adapter());
  if (maps) encoder.config["adapter"] = {{"method", options_.adapter}, {"source_norm", options_.encoder.source_norm}, {"sources", (*maps)->names()}};
  Json sources = Json::array();
  for (const SourceFacts& source : cells_->sources)
    sources.push_back({{"name", source.name}, {"patient", source.patient_name}, {"modality", source.modality == kSpots ? "st" : "sc"}, {"cells", source.size}});
  encoder.about = {{"recipe", cells_->recipe.to_json()}, {"recipe_hash", cells_->recipe.hash()}, {"sources", sources}, {"split", cells_->split.method}};
  encoder.tensors = nn::state_of(*model_->encoder());
  if (maps) {
    auto more = nn::state_of(**maps, "adapter.");
    encoder.tensors.insert(encoder.tensors.end(), more.begin(), more.end());
  }
  writer.add(std::move(encoder));
}

void Gems::save(train::CheckpointWriter& writer) const {
  model_->save(writer);
  objective_->save(writer);
  writer.value("recipe", cells_->recipe.hash());
}

void Gems::load(train::CheckpointReader& reader) {
  if (reader.value("recipe") != Json(cells_->recipe.hash()))
    throw Error(ErrorCode::bad_data, "the checkpoint was trained on another gene panel or other training cells",
                "resume with the data and the options that the run was started with");
  objective_->prepare_saved(reader, options_, *cells_, *model_, *context_);
  model_->load(reader);
  objective_->load(reader);
}

std::unique_ptr<train::System> make_system() { return std::make_unique<Gems>(); }

}  // namespace geocyte::plugins::gems
