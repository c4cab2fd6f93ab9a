// SPDX-License-Identifier: GPL-3.0-or-later
// A system small enough to check by hand: it fits one vector to a target, with noise from a named stream, so that every
// difference in what was drawn shows in its loss.
#pragma once

#include <cmath>
#include <functional>
#include <limits>
#include <memory>
#include <string>
#include <vector>

#include <ATen/ops/mean.h>
#include <ATen/ops/rand.h>
#include <ATen/ops/zeros.h>
#include <torch/nn/module.h>

#include "engine/config/system_spec.h"
#include "engine/optim/adamw.h"
#include "engine/train/state_io.h"
#include "engine/train/system.h"
#include "engine/train/train_context.h"

namespace geocyte::train {

struct ToyModule : torch::nn::Module {
  ToyModule() { weight = register_parameter("weight", at::zeros({4})); }
  at::Tensor weight;
};

class ToySystem : public System {
 public:
  std::int64_t nan_at = -1;                      ///< the loss of this step (counted from 1) is NaN
  std::int64_t stages_wanted = 1;
  std::function<void(std::int64_t)> on_step;     ///< called at the start of each step with its number
  std::function<void()> on_validate, on_save;
  std::function<void(const std::string& stage, const std::string& weights)> on_begin;   ///< a later stage begins; bytes of the weights so far
  int observed = 0, validated = 0;
  std::vector<std::pair<std::string, Json>> applied;

  std::vector<Stage> stages(const Json& options) const override {
    std::vector<Stage> all;
    for (std::int64_t i = 0; i < stages_wanted; ++i)
      all.push_back({"fit" + std::to_string(i), "Fit", StageKind::optimise, config::find(options, "steps")->get<std::int64_t>(), {}, {}, {}});
    return all;
  }
  void begin(const Stage& stage, const Inputs&, TrainContext& ctx) override {
    if (module_ && on_begin) on_begin(stage.id, std::string(static_cast<const char*>(module_->weight.const_data_ptr()), 4 * sizeof(float)));
    module_ = std::make_shared<ToyModule>();
    optimizer_ = std::make_unique<optim::AdamW>(module_->parameters(), torch::optim::AdamWOptions(ctx.number("lr")));
    target_ = static_cast<float>(ctx.rng().stream("target").uniform());
    ctx.declare_axis({"cell", {"a", "b"}, {}, {}});
  }
  StepReport step(TrainContext& ctx) override {
    const std::int64_t number = ctx.step() + 1;
    if (on_step) on_step(number);
    const double noise = ctx.rng().stream("noise").normal();
    // Drawn from torch's default generator on purpose: what looks at the run must leave that alone as well.
    const at::Tensor jitter = at::rand({4});
    at::Tensor loss = (module_->weight - target_ - 0.1 * noise - 0.1 * jitter).pow(2).mean();
    if (number == nan_at) loss = loss * std::numeric_limits<double>::quiet_NaN();
    UpdateOptions update;
    update.clip_norm = ctx.number("clip");
    ctx.update("toy", *optimizer_, loss, update);
    StepReport report;
    report.total = loss.item<double>();
    report.terms = {{"square", report.total}};
    report.weighted = report.terms;
    return report;
  }
  store::Snapshot observe(const ProbeRequest&, TrainContext& ctx, const StopToken&) override {
    ++observed;
    ctx.rng().stream("noise").normal();          // a system that misbehaves while it is looked at
    at::rand({8});
    store::Snapshot snapshot;
    const at::Tensor weight = module_->weight.detach().contiguous();
    snapshot.arrays.push_back(make_array<float>("weight", {weight.const_data_ptr<float>(), 4}, {4}, {"latent"}));
    return snapshot;
  }
  Evaluation evaluate(const EvaluationRequest&, TrainContext&) override {
    Evaluation evaluation;
    evaluation.rows.push_back({"error", "model", 0.5, 0.4, std::numeric_limits<double>::quiet_NaN(), 1.0, 4, "held out"});
    return evaluation;
  }
  std::map<std::string, double> validate(TrainContext& ctx) override {
    ++validated;
    if (on_validate) on_validate();
    ctx.rng().stream("noise").normal();
    const double error = (module_->weight - target_).pow(2).mean().item<double>();
    return {{"total", error}};
  }
  void apply(const std::string& path, const Json& value, TrainContext&) override {
    applied.emplace_back(path, value);
    if (path == "lr") optimizer_->param_groups()[0].options().set_lr(value.get<double>());
  }
  void export_artifacts(ArtifactWriter& writer) const override {
    Artifact artifact;
    artifact.name = "toy";
    artifact.type = "vector";
    artifact.tensors = nn::state_of(*module_);
    writer.add(std::move(artifact));
  }
  void save(CheckpointWriter& writer) const override {
    if (on_save) on_save();
    writer.module("toy", *module_);
    writer.optimizer("toy", *optimizer_);
    writer.value("target", target_);
  }
  void load(CheckpointReader& reader) override {
    reader.module("toy", *module_);
    reader.optimizer("toy", *optimizer_);
    target_ = reader.value("target").get<float>();
  }

 private:
  std::shared_ptr<ToyModule> module_;
  std::unique_ptr<optim::AdamW> optimizer_;
  float target_ = 0;
};

inline config::Parameter toy_parameter(const std::string& path, config::ParameterType type, Json value, bool live) {
  config::Parameter parameter;
  parameter.path = path;
  parameter.type = type;
  parameter.default_value = std::move(value);
  parameter.live = live;
  if (type != config::ParameterType::text) parameter.minimum = 0;
  return parameter;
}

inline config::SystemSpec toy_spec() {
  using config::ParameterType;
  config::SystemSpec spec;
  spec.id = "toy";
  spec.parameters = {toy_parameter("steps", ParameterType::integer, 40, false),
                     toy_parameter("lr", ParameterType::number, 0.01, true),
                     toy_parameter("clip", ParameterType::number, 1.0, false),
                     toy_parameter("snapshot.every_s", ParameterType::number, 5.0, true),
                     toy_parameter("checkpoint.every", ParameterType::integer, 0, true),
                     toy_parameter("validate.every", ParameterType::integer, 0, true)};
  return spec;
}

}  // namespace geocyte::train
