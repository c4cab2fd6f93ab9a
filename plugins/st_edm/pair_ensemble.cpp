// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugins/st_edm/pair_ensemble.h"

#include <cmath>
#include <utility>
#include <vector>

#include <ATen/TensorOperators.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/baddbmm.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/empty_like.h>
#include <ATen/ops/relu.h>
#include <ATen/ops/tensor.h>
#include <ATen/ops/zeros.h>

#include "engine/core/error.h"
#include "engine/nn/generator.h"
#include "engine/optim/schedule.h"
#include "plugins/st_edm/pair_losses.h"

namespace geocyte::plugins::st_edm {

PairTerms pair_terms(const StEdmOptions& options, const PairHeadsImpl::Output& output, const at::Tensor& sharpness, const at::Tensor& places) {
  const at::Tensor d = smooth_distances(places);   // (M, B, B)
  PairTerms terms;
  if (options.loss.neighbours.enabled) {
    terms.neighbours = neighbour_loss(output.local, sharpness, d, options.loss.widths);
    if (output.first.defined()) terms.neighbours = (terms.neighbours + neighbour_loss(output.first, sharpness, d, options.loss.widths)) / 2;
  }
  if (options.loss.distance.enabled) terms.distance = distance_loss(output.distance, d);
  return terms;
}

ExpressionDecoderImpl::ExpressionDecoderImpl(const PairHeadsOptions& sizes, at::Generator generator, c10::ScalarType dtype) {
  const double bound = 1 / std::sqrt(static_cast<double>(sizes.local));
  weight_ = register_parameter("weight", at::empty({sizes.members, sizes.local, sizes.in}, dtype).uniform_(-bound, bound, generator));
  bias_ = register_parameter("bias", at::zeros({sizes.members, 1, sizes.in}, dtype));
}

at::Tensor ExpressionDecoderImpl::forward(const at::Tensor& h) const { return at::baddbmm(bias_, at::relu(h), weight_); }

PairEnsemble::PairEnsemble(const StEdmOptions& options, const Tissue& tissue, Members members, std::string suffix, train::TrainContext& ctx)
    : suffix_(std::move(suffix)) {
  PairHeadsOptions how;
  how.members = members.count;
  how.together = members.together;
  how.in = tissue.input.size(1);
  how.block = tissue.block;
  how.hidden = options.heads.hidden;
  how.local = options.heads.local;
  how.distance = options.heads.distance;
  how.widths = static_cast<std::int64_t>(options.loss.widths.size());
  how.dropout = options.heads.dropout;
  how.context = context_named(options.heads.context);
  heads_ = PairHeads(how, nn::make_generator(ctx.rng().stream("weights" + suffix_)()), ctx.dtype());
  heads_->to(ctx.device());
  std::vector<at::Tensor> parameters = heads_->parameters();
  if (options.pretrain_steps() > 0) {
    decoder_ = ExpressionDecoder(how, nn::make_generator(ctx.rng().stream("weights/decoder" + suffix_)()), ctx.dtype());
    decoder_->to(ctx.device());
    for (const at::Tensor& parameter : decoder_->parameters()) parameters.push_back(parameter);
  }
  optimizer_ = std::make_unique<optim::AdamW>(parameters,
                                              torch::optim::AdamWOptions(options.optimizer.lr).weight_decay(options.optimizer.weight_decay));
}

PairEnsemble::Batch PairEnsemble::batch(const StEdmOptions& options, const Tissue& tissue, std::span<const std::int64_t> rows, train::TrainContext& ctx) const {
  const std::int64_t n = static_cast<std::int64_t>(rows.size()) / members();
  Batch made;
  made.rows = at::tensor(at::IntArrayRef(rows.data(), rows.size()), at::kLong).to(ctx.device());
  made.noise = nn::make_generator(ctx.rng().stream("noise" + suffix_)(), ctx.device());
  made.clean = made.noised = tissue.input.index_select(0, made.rows).reshape({members(), n, -1});   // (M, B, F)
  if (options.heads.noise > 0) made.noised = made.clean.add(at::empty_like(made.clean).normal_(0, options.heads.noise, made.noise));
  return made;
}

void PairEnsemble::update(const StEdmOptions& options, const at::Tensor& loss, std::int64_t step, std::int64_t total, train::TrainContext& ctx) {
  const optim::Schedule schedule{options.optimizer.lr, options.optimizer.decay == "cosine" ? optim::Decay::cosine : optim::Decay::constant, 0, total, 0};
  optim::set_learning_rate(*optimizer_, optim::learning_rate(schedule, step));
  ctx.update("generator" + suffix_, *optimizer_, loss);
}

train::StepReport PairEnsemble::pretrain(const StEdmOptions& options, const Tissue& tissue, std::span<const std::int64_t> rows, std::int64_t step,
                                         std::int64_t total, train::TrainContext& ctx) {
  const Batch batch = this->batch(options, tissue, rows, ctx);
  const at::Tensor loss = (decoder_->forward(heads_->alone(batch.noised, batch.noise)) - batch.clean).square().mean();
  train::StepReport report;
  report.total = report.terms["expression"] = report.weighted["expression"] = loss.item<double>();
  report.units = static_cast<std::int64_t>(rows.size());
  update(options, loss, step, total, ctx);
  return report;
}

train::StepReport PairEnsemble::step(const StEdmOptions& options, const Tissue& tissue, std::span<const std::int64_t> rows, std::int64_t step,
                                     std::int64_t total, train::TrainContext& ctx, const Looks& looks_of) {
  const Batch batch = this->batch(options, tissue, rows, ctx);
  const PairHeadsImpl::Output output = heads_->forward(batch.noised, batch.noise, looks_of ? looks_of(batch.clean) : at::Tensor());
  const PairTerms terms = pair_terms(options, output, heads_->sharpness(), tissue.places.index_select(0, batch.rows).reshape({members(), batch.clean.size(1), -1}));

  train::StepReport report;
  at::Tensor loss;
  const auto add = [&](const char* name, const at::Tensor& term, double weight) {
    if (!term.defined()) return;
    const double value = term.item<double>();
    report.terms[name] = value;
    report.weighted[name] = weight * value;
    report.total += weight * value;
    loss = loss.defined() ? loss + term * weight : term * weight;
  };
  add("neighbours", terms.neighbours, options.loss.neighbours.weight);
  add("distance", terms.distance, options.loss.distance.weight);
  if (!loss.defined())
    throw Error(ErrorCode::bad_config, "no loss term is on, so there is nothing to learn", "enable loss.neighbours or loss.distance");
  update(options, loss, step, total, ctx);
  report.units = static_cast<std::int64_t>(rows.size());
  return report;
}

PairHeadsImpl::Output PairEnsemble::look(const at::Tensor& x, MemberRange range) const {
  return say(x.unsqueeze(0).expand({range.count > 0 ? range.count : members(), -1, -1}), std::nullopt, range);
}

PairHeadsImpl::Output PairEnsemble::look(const at::Tensor& x, double noise, const at::Generator& generator, MemberRange range) const {
  const at::Tensor seen = x.unsqueeze(0).expand({range.count > 0 ? range.count : members(), -1, -1});
  return say(seen + at::empty_like(seen).normal_(0, noise, generator), generator, range);
}

PairHeadsImpl::Output PairEnsemble::say(const at::Tensor& seen, const std::optional<at::Generator>& noise, MemberRange range) const {
  const at::NoGradGuard no_gradient;
  const bool pools = heads_->options().context == Context::neighbours && heads_->options().together > 1;
  return heads_->forward(seen, noise, pools ? heads_->looks_together(seen, noise, range) : at::Tensor(), range);
}

void PairEnsemble::save(train::CheckpointWriter& writer) const {
  writer.module("heads" + suffix_, *heads_);
  if (decoder_) writer.module("decoder" + suffix_, *decoder_);
  writer.optimizer("heads" + suffix_, *optimizer_);
}

void PairEnsemble::load(train::CheckpointReader& reader) {
  reader.module("heads" + suffix_, *heads_);
  if (decoder_) reader.module("decoder" + suffix_, *decoder_);
  reader.optimizer("heads" + suffix_, *optimizer_);
}

}  // namespace geocyte::plugins::st_edm
