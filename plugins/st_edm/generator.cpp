// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugins/st_edm/generator.h"

#include <ATen/TensorOperators.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/stack.h>
#include <ATen/ops/tensor.h>

#include "engine/core/error.h"
#include "engine/nn/generator.h"
#include "engine/optim/schedule.h"
#include "plugins/st_edm/geometry_scores.h"
#include "plugins/st_edm/layout.h"
#include "plugins/st_edm/pair_losses.h"

namespace geocyte::plugins::st_edm {
namespace {

std::vector<float> to_floats(const at::Tensor& values) {
  const at::Tensor host = values.to(at::kCPU, at::kFloat).contiguous();
  return {host.const_data_ptr<float>(), host.const_data_ptr<float>() + host.numel()};
}

}  // namespace

Generator::Generator(const StEdmOptions& options, const Tissue& tissue, train::TrainContext& ctx) {
  PairHeadsOptions how;
  how.members = options.heads.members;
  how.in = tissue.input.size(1);
  how.block = tissue.block;
  how.hidden = options.heads.hidden;
  how.local = options.heads.local;
  how.distance = options.heads.distance;
  how.widths = static_cast<std::int64_t>(options.loss.widths.size());
  how.dropout = options.heads.dropout;
  heads_ = PairHeads(how, nn::make_generator(ctx.rng().stream("weights")()), ctx.dtype());
  heads_->to(ctx.device());
  optimizer_ = std::make_unique<optim::AdamW>(heads_->parameters(),
                                              torch::optim::AdamWOptions(options.optimizer.lr).weight_decay(options.optimizer.weight_decay));
}

Generator::Terms Generator::terms(const StEdmOptions& options, const PairHeadsImpl::Output& output, const at::Tensor& places) const {
  const at::Tensor d = smooth_distances(places);   // (M, B, B)
  Terms terms;
  if (options.loss.neighbours.enabled) terms.neighbours = neighbour_loss(output.local, heads_->sharpness(), d, options.loss.widths);
  if (options.loss.distance.enabled) terms.distance = distance_loss(output.distance, d);
  return terms;
}

train::StepReport Generator::step(const StEdmOptions& options, const Tissue& tissue, std::span<const std::int64_t> rows, std::int64_t step,
                                  std::int64_t total, train::TrainContext& ctx) {
  const std::int64_t members = options.heads.members, n = static_cast<std::int64_t>(rows.size()) / members;
  const at::Tensor at_rows = at::tensor(at::IntArrayRef(rows.data(), rows.size()), at::kLong).to(ctx.device());
  const at::Generator noise = nn::make_generator(ctx.rng().stream("noise")(), ctx.device());
  at::Tensor x = tissue.input.index_select(0, at_rows).reshape({members, n, -1});   // (M, B, F)
  if (options.heads.noise > 0) x = x.add(at::empty_like(x).normal_(0, options.heads.noise, noise));
  const PairHeadsImpl::Output output = heads_->forward(x, noise);
  const Terms terms = this->terms(options, output, tissue.places.index_select(0, at_rows).reshape({members, n, -1}));

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
  const optim::Schedule schedule{options.optimizer.lr, options.optimizer.decay == "cosine" ? optim::Decay::cosine : optim::Decay::constant, 0, total, 0};
  optim::set_learning_rate(*optimizer_, optim::learning_rate(schedule, step));
  ctx.update("generator", *optimizer_, loss);
  report.units = members * n;
  return report;
}

std::map<std::string, double> Generator::validate(const StEdmOptions& options, const Tissue& tissue) const {
  const at::NoGradGuard no_gradient;
  std::map<std::string, double> sums;
  double slides = 0;
  for (const auto& rows : tissue.validation_rows) {
    if (rows.size() < 4) continue;
    const at::Tensor at_rows = at::tensor(rows, at::kLong).to(tissue.input.device());
    const std::int64_t members = options.heads.members;
    const at::Tensor x = tissue.input.index_select(0, at_rows), places = tissue.places.index_select(0, at_rows);
    const PairHeadsImpl::Output output = heads_->forward(x.unsqueeze(0).expand({members, -1, -1}));
    const Terms terms = this->terms(options, output, places.unsqueeze(0).expand({members, -1, -1}));
    double total = 0;
    const auto add = [&](const char* name, const at::Tensor& term, double weight) {
      if (!term.defined()) return;
      sums[name] += term.item<double>();
      total += weight * term.item<double>();
    };
    add("neighbours", terms.neighbours, options.loss.neighbours.weight);
    add("distance", terms.distance, options.loss.distance.weight);
    sums["total"] += total;
    const std::int64_t n = x.size(0);
    const at::Tensor joined = output.distance.permute({1, 0, 2}).reshape({n, -1});
    const GeometryScores scores = score_places(to_floats(joined), joined.size(1), to_floats(places), tissue.dims, 1);
    sums["row_spearman"] += mean_of(scores.row_spearman);
    ++slides;
  }
  for (auto& [name, sum] : sums) sum /= slides;
  return sums;
}

PairHeadsImpl::Output Generator::heads_of(const Tissue& tissue, const SourceFacts& source) const {
  const at::NoGradGuard no_gradient;
  const at::Tensor x = tissue.input.narrow(0, source.first, source.size).unsqueeze(0).expand({heads_->options().members, -1, -1});
  const PairHeadsImpl::Output output = heads_->forward(x);
  return {output.local.to(at::kCPU, at::kFloat), output.distance.to(at::kCPU, at::kFloat)};
}

at::Tensor Generator::quick_places(const Tissue& tissue, const SourceFacts& source) const {
  return scaled_places(heads_of(tissue, source).distance, tissue.dims);
}

at::Tensor Generator::places(const StEdmOptions& options, const Tissue& tissue, const SourceFacts& source, int threads, const StopToken& stop) const {
  const at::NoGradGuard no_gradient;
  const PairHeadsImpl::Output heads = heads_of(tissue, source);
  return laid_out_places({heads.distance, heads.local, tissue.components.narrow(0, source.first, source.size)}, tissue.dims, options.layout, threads, stop);
}

void Generator::save(train::CheckpointWriter& writer) const {
  writer.module("heads", *heads_);
  writer.optimizer("heads", *optimizer_);
}

void Generator::load(train::CheckpointReader& reader) {
  reader.module("heads", *heads_);
  reader.optimizer("heads", *optimizer_);
}

}  // namespace geocyte::plugins::st_edm
