// SPDX-License-Identifier: GPL-3.0-or-later
// Training: batches, the twelve terms, the curriculum. What is shown and judged: seed/judging.cpp.
#include "plugins/st_edm/seed/system.h"

#include <iterator>

#include <ATen/TensorOperators.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/tensor.h>
#include <fmt/format.h>

#include "engine/core/error.h"
#include "engine/nn/generator.h"
#include "engine/optim/schedule.h"
#include "plugins/st_edm/seed/checks.h"

namespace geocyte::plugins::st_edm {
namespace {

constexpr std::int64_t kSigmaSets = 16;
constexpr double kClip = 1000;
constexpr double kJudgedLevels[] = {0.3, 0.6, 1.2, 2.4};   // in units of S

std::vector<at::Tensor> joined(std::vector<at::Tensor> a, const std::vector<at::Tensor>& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

at::Tensor rows_of(const at::Tensor& values, const std::vector<std::int64_t>& rows, std::int64_t sets) {
  return values.index_select(0, at::tensor(rows, at::kLong).to(values.device())).reshape({sets, -1, values.size(1)});
}

}  // namespace

std::vector<train::Stage> SeedSystem::stages(const Json& json) const {
  train::Stage stage;
  stage.id = "denoise";
  stage.title = "Generate and denoise";
  stage.budget = read_options(json).steps;
  stage.inputs = {"sources"};
  stage.makes = {"denoiser"};
  stage.params = {"seed", "genes", "normalize", "held_out", "input", "model", "edm", "loss", "optimizer", "batch_size", "steps"};
  return {stage};
}

void SeedSystem::begin(const train::Stage&, const train::Inputs& inputs, train::TrainContext& ctx) {
  options_ = read_options(ctx.options());
  tissue_ = prepare_tissue(inputs, options_, ctx);
  for (store::Axis& axis : make_axes(*tissue_, inputs)) ctx.declare_axis(std::move(axis));
  if (options_.edm.latent < tissue_->dims)
    throw Error(ErrorCode::bad_config, fmt::format("places of {} columns cannot hold a tissue of {} dimensions", options_.edm.latent, tissue_->dims), "raise edm.latent");
  draws_ = std::make_unique<SetDraws>(tissue_->train_rows, options_.batch_size);
  model_ = std::make_unique<SeedModel>(options_.edm, tissue_->input.size(1), tissue_->dims, options_.refine.samples,
                                       nn::make_generator(ctx.rng().stream("weights")()), ctx.dtype(), ctx.device());
  const auto adamw = torch::optim::AdamWOptions(options_.optimizer.lr).weight_decay(options_.optimizer.weight_decay);
  denoiser_optimizer_ = std::make_unique<optim::AdamW>(joined(model_->context_network()->parameters(), model_->score_network()->parameters()), adamw);
  generator_optimizer_ = std::make_unique<optim::AdamW>(model_->generator_network()->parameters(), adamw);
  curriculum_ = std::make_unique<Curriculum>(options_.edm.caps);
  rows_.assign(static_cast<std::size_t>(kSigmaSets * draws_->size()), 0);
  draws_->draw(ctx.rng().stream("sigma_data"), rows_);
  model_->measure_sigma_data(rows_of(tissue_->places, rows_, kSigmaSets));
  rows_.assign(static_cast<std::size_t>(options_.edm.sets * draws_->size()), 0);
}

void SeedSystem::set_rates(std::int64_t step, std::int64_t total) {
  const optim::Decay decay = options_.optimizer.decay == "cosine" ? optim::Decay::cosine : optim::Decay::constant;
  const double rate = optim::learning_rate({options_.optimizer.lr, decay, 0, total, 0}, step);
  optim::set_learning_rate(*denoiser_optimizer_, rate);
  optim::set_learning_rate(*generator_optimizer_, options_.edm.generator_lr * rate);
}

train::StepReport SeedSystem::step(train::TrainContext& ctx) {
  draws_->draw(ctx.rng().stream("batches"), rows_);
  Rng& stream = ctx.rng().stream("levels");
  SeedBatch batch{rows_of(tissue_->input, rows_, options_.edm.sets), rows_of(tissue_->places, rows_, options_.edm.sets), {}, false};
  batch.sigma = curriculum_->draw(options_.edm.sets, model_->sigma_data(), nn::make_generator(stream())).to(batch.places.options());
  batch.twice = stream.uniform() < options_.edm.self_conditioning;
  const SeedTerms terms = seed_terms(*model_, batch, thresholds_of(*curriculum_, model_->sigma_data()), nn::make_generator(stream(), ctx.device()));

  train::StepReport report;
  at::Tensor loss;
  for (std::size_t t = 0; t < terms.size(); ++t) {
    if (!terms[t].defined()) continue;
    const double value = terms[t].item<double>(), weight = options_.edm.terms[t].weight;
    report.terms[kSeedTerms[t].name] = value;
    report.weighted[kSeedTerms[t].name] = weight * value;
    report.total += weight * value;
    loss = loss.defined() ? loss + weight * terms[t] : weight * terms[t];
  }
  if (!loss.defined()) throw Error(ErrorCode::bad_config, "no loss term of the seed's system is on, so there is nothing to learn", "enable loss.score");
  set_rates(ctx.step(), options_.steps);
  train::UpdateOptions how;
  how.clip_norm = kClip;
  how.partners = {{"generator", generator_optimizer_.get()}};
  ctx.update("denoiser", *denoiser_optimizer_, loss, how);
  if ((ctx.step() + 1) % options_.edm.check_every == 0) look(ctx, report);
  report.units = static_cast<std::int64_t>(rows_.size());
  return report;
}

void SeedSystem::look(train::TrainContext& ctx, train::StepReport& report) {
  const std::vector<RefineSets> sets = validation_sets();
  if (sets.empty()) {
    ctx.note("the curriculum stays in its first phase: no validation cells to check it on (held_out.fraction)");
    return;
  }
  const double highest = curriculum_->cap(model_->sigma_data());
  const PhaseCheck check = check_phase(*model_, sets, highest, ctx.rng().seed());
  const Conditioning conditioning = conditioning_of(*model_, sets, ctx.rng().seed());
  curriculum_->take(check);
  if (curriculum_->stalls() == Curriculum::kStallLimit)
    ctx.note(fmt::format("the curriculum is stuck in phase {} of {}: {} checks in a row of which fewer than two in six passed", curriculum_->phase() + 1, curriculum_->phases(),
                         curriculum_->stalls()));
  report.scalars["curriculum/phase"] = static_cast<double>(curriculum_->phase() + 1);
  report.scalars["curriculum/stalls"] = static_cast<double>(curriculum_->stalls());
  report.scalars["curriculum/highest_level"] = highest;
  report.scalars["curriculum/scale"] = check.scale;
  report.scalars["curriculum/jaccard"] = check.jaccard;
  report.scalars["conditioning/difference"] = conditioning.difference;
  report.scalars["conditioning/f_ratio"] = conditioning.f_ratio;
}

std::map<std::string, double> SeedSystem::validate(train::TrainContext& ctx) {
  const at::NoGradGuard no_gradient;
  const std::vector<RefineSets> sets = validation_sets();
  if (sets.empty()) return {};
  std::map<std::string, double> means;
  for (const auto& rows : tissue_->validation_rows) {
    if (rows.size() < kFewestValidationCells) continue;
    // The same cells at each level, whatever the phase: values of different steps can be compared. Their order differs, so that half of a set and
    // half of the next one are another context (ctx_edge).
    const std::int64_t levels = std::size(kJudgedLevels), n = static_cast<std::int64_t>(rows.size());
    std::vector<std::int64_t> all;
    for (std::int64_t level = 0; level < levels; ++level)
      for (std::int64_t i = 0; i < n; ++i) all.push_back(rows[static_cast<std::size_t>((i + level * n / levels) % n)]);
    SeedBatch batch{rows_of(tissue_->input, all, levels), rows_of(tissue_->places, all, levels), {}, false};
    batch.sigma = at::tensor(at::ArrayRef<double>(kJudgedLevels), at::kDouble).mul(model_->sigma_data()).to(batch.places.options());
    const SeedTerms terms = seed_terms(*model_, batch, thresholds_of(*curriculum_, model_->sigma_data()), nn::make_generator(ctx.rng().seed(), ctx.device()));
    for (std::size_t t = 0; t < terms.size(); ++t) {
      if (!terms[t].defined()) continue;
      const double value = terms[t].item<double>() / static_cast<double>(sets.size());
      means[kSeedTerms[t].name] += value;
      means["total"] += options_.edm.terms[t].weight * value;
    }
  }
  for (const RefineSets& set : sets) {
    const std::vector<double> by_cell = row_spearman(set.base[0], set.truth()[0]);
    for (const double value : by_cell) means["row_spearman"] += value / static_cast<double>(by_cell.size() * sets.size());
  }
  means["choice"] = means["total"];
  means["loss_ratio"] = mean_loss_ratio(*model_, sets, ctx.rng().seed());
  means["open_loop_recall"] = open_loop_recall(*model_, sets, options_.edm.caps.back(), ctx.rng().seed(), ctx.stop());
  return means;
}

void SeedSystem::apply(const std::string&, const Json&, train::TrainContext& ctx) {
  options_ = read_options(ctx.options());
  model_->apply(options_.edm);
}

void SeedSystem::save(train::CheckpointWriter& writer) const {
  writer.module("context", *model_->context_network());
  writer.module("generator", *model_->generator_network());
  writer.module("score", *model_->score_network());
  writer.optimizer("denoiser", *denoiser_optimizer_);
  writer.optimizer("generator", *generator_optimizer_);
  writer.value("sigma_data", model_->sigma_data());
  writer.value("curriculum", curriculum_->to_json());
  save_input(*tissue_, writer);
}

void SeedSystem::load(train::CheckpointReader& reader) {
  check_input(*tissue_, reader);
  reader.module("context", *model_->context_network());
  reader.module("generator", *model_->generator_network());
  reader.module("score", *model_->score_network());
  reader.optimizer("denoiser", *denoiser_optimizer_);
  reader.optimizer("generator", *generator_optimizer_);
  model_->set_sigma_data(reader.value("sigma_data").get<double>());
  curriculum_->from_json(reader.value("curriculum"));
}

}  // namespace geocyte::plugins::st_edm
