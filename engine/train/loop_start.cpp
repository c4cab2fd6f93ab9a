// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/core/check.h"
#include "engine/core/text.h"
#include "engine/train/device.h"
#include "engine/train/generators.h"
#include "engine/train/loop.h"

namespace geocyte::train {
namespace {

constexpr double kSnapshotSeconds = 2;
constexpr int kMostSnapshots = 60;
constexpr double kAnalysisShare = 0.1;

}  // namespace

Loop::Loop(System& system, const config::SystemSpec& spec, const Inputs& inputs, TrainContext& ctx, store::RunSink& sink,
           const TrainerOptions& options, Clock clock)
    : system_(system), spec_(spec), inputs_(inputs), ctx_(ctx), sink_(sink), options_(options), time_(std::move(clock)) {}

double Loop::option(const char* path, double otherwise) const {
  const Json* value = config::find(ctx_.options(), path);
  return value && value->is_number() ? value->get<double>() : otherwise;
}

std::int64_t Loop::every(const char* path) const { return static_cast<std::int64_t>(option(path, 0)); }

void Loop::start() {
  device_ = describe_device(ctx_.device());
  report(store::RunState::starting, "preparing");
  stages_ = system_.stages(ctx_.options());
  require(!stages_.empty(), "a system has at least one stage");
  for (const Stage& one : stages_) total_steps_ += one.budget;
  configuration_ = config::configuration_hash(ctx_.options());
  checkpoints_ = sink_.folder("checkpoints");
  seed_generators(ctx_.device(), hash64("torch", ctx_.rng().seed()));
  if (options_.probes)
    observer_ = std::make_unique<Observer>(
        spec_, ctx_, sink_, time_,
        ObserverOptions{option("snapshot.every_s", kSnapshotSeconds), static_cast<int>(option("snapshot.max", kMostSnapshots)),
                        option("analysis.share", kAnalysisShare)});
  control_ = std::make_unique<ControlHandler>(spec_.parameters, sink_, actions());
  ctx_.set_step(0, total_steps_);
  if (options_.resume_from.empty()) begin_stage();
  else resume();
  write_notes();
  if (observer_) observer_->set_axes(ctx_.axes());
}

void Loop::begin_stage() {
  sink_.event(loop_.step, "stage", {{"stage", stage().id}, {"title", stage().title}, {"what", "begins"}, {"budget", stage().budget}});
  with_context("preparing stage " + stage().id, [&] { system_.begin(stage(), inputs_, ctx_); });
  if (loop_.stage != 0) return;
  sink_.write_axes(ctx_.axes());
  // Whoever opens the run from now on finds what its rows are.
  sink_.flush();
}

void Loop::resume() {
  Checkpoint checkpoint = read_checkpoint(options_.resume_from);
  if (checkpoint.system_id != spec_.id)
    throw Error(ErrorCode::bad_data, "the checkpoint belongs to the system '" + geocyte::quoted(checkpoint.system_id) + "', not to '" + spec_.id + "'");
  if (checkpoint.seed != ctx_.rng().seed())
    throw Error(ErrorCode::bad_data, "the checkpoint was made with seed " + std::to_string(checkpoint.seed) + ", not " +
                                         std::to_string(ctx_.rng().seed()), "a resumed run keeps its seed");
  loop_ = checkpoint.loop;
  if (loop_.stage >= stages_.size() || loop_.step < loop_.stage_step || loop_.stage_step < 0)
    throw Error(ErrorCode::bad_data, "the checkpoint does not fit the stages of this configuration");
  if (checkpoint.configuration != configuration_)
    sink_.event(loop_.step, "note", {{"text", "parameters differ from those of the checkpoint; the run goes on with the new ones"}});
  ctx_.set_step(loop_.step, total_steps_);
  with_context("preparing stage " + stage().id, [&] { system_.begin(stage(), inputs_, ctx_); });
  CheckpointReader reader(std::move(checkpoint.system));
  system_.load(reader);
  for (const auto& [path, value] : loop_.live.items()) {
    Json changed = ctx_.options();
    config::set(changed, path, value);
    ctx_.set_options(std::move(changed));
    system_.apply(path, value, ctx_);
  }
  // Last, because building a system draws from the streams.
  ctx_.rng().restore(checkpoint.seed, std::move(checkpoint.streams));
  restore_generators(ctx_.device(), {checkpoint.generator, checkpoint.device_generator});
  best_ = BestRule(loop_.best);
  outcome_.last_checkpoint = loop_.step;
  if (observer_) observer_->schedule().restore(loop_.schedule);
  sink_.event(loop_.step, "note", {{"text", "resumed from the checkpoint of step " + std::to_string(loop_.step)}});
}

ControlActions Loop::actions() {
  ControlActions actions;
  actions.checkpoint = [this] {
    write_checkpoint("asked for");
    return "checkpoint of step " + std::to_string(loop_.step);
  };
  actions.snapshot = [this] {
    if (!observer_) throw Error(ErrorCode::usage, "this run takes no snapshots");
    return (take_snapshot() ? "snapshot of step " : "there is one already of step ") + std::to_string(loop_.step);
  };
  actions.set = [this](const std::string& path, const Json& value) { set_parameter(path, value); };
  actions.options = [this]() -> const Json& { return ctx_.options(); };
  return actions;
}

void Loop::set_parameter(const std::string& path, const Json& value) {
  Json changed = ctx_.options();
  const Json* old = config::find(changed, path);
  const Json before = old ? *old : Json();
  config::set(changed, path, value);
  ctx_.set_options(std::move(changed));
  system_.apply(path, value, ctx_);
  loop_.live[path] = value;
  if (observer_) {
    if (path == "analysis.share") observer_->set_share(value.get<double>());
    if (path == "snapshot.every_s") observer_->schedule().set_interval(value.get<double>());
  }
  sink_.event(loop_.step, "change", {{"path", path}, {"old", before}, {"new", value}});
}

}  // namespace geocyte::train
