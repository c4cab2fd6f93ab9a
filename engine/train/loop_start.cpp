// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/core/check.h"
#include "engine/train/device.h"
#include "engine/train/generators.h"
#include "engine/train/loop.h"
#include "engine/train/probe.h"
#include "engine/train/restore.h"

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

bool Loop::flag(const char* path) const {
  const Json* value = config::find(ctx_.options(), path);
  return value && value->is_boolean() && value->get<bool>();
}

std::int64_t Loop::every(const char* path) const { return static_cast<std::int64_t>(option(path, 0)); }

void Loop::start() {
  device_ = describe_device(ctx_.device());
  report(store::RunState::starting, "preparing");
  stages_ = stages_of(system_, ctx_.options(), loop_);
  require(!stages_.empty(), "a system has at least one stage");
  for (const Stage& one : stages_) total_steps_ += one.budget;
  configuration_ = config::configuration_hash(ctx_.options());
  checkpoints_ = sink_.folder("checkpoints");
  seed_generators(ctx_.device(), hash64("torch", ctx_.rng().seed()));
  if (options_.probes)
    observer_ = std::make_unique<Observer>(
        spec_, ctx_, sink_, time_,
        ObserverOptions{option("snapshot.every_s", kSnapshotSeconds), static_cast<int>(option("snapshot.max", kMostSnapshots)),
                        option("analysis.share", kAnalysisShare)},
        [this](const store::Snapshot& part) { look_for_alerts(part.step, part.scalars); });
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
  const Restored restored = restore_system(options_.resume_from, system_, spec_, inputs_, ctx_);
  loop_ = restored.loop;
  stages_ = stages_of(system_, ctx_.options(), loop_);
  total_steps_ = 0;
  for (const Stage& one : stages_) total_steps_ += one.budget;
  if (!loop_.alerts.is_null()) alerts_.set(alert_rules_from(loop_.alerts));
  if (options_.extend > 0) extend(options_.extend);
  if (restored.configuration != configuration_)
    sink_.event(loop_.step, "note", {{"text", "parameters differ from those of the checkpoint; the run goes on with the new ones"}});
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
  actions.extend = [this](std::int64_t steps) {
    extend(steps);
    return stage().title + " goes on to step " + std::to_string(loop_.step - loop_.stage_step + stage().budget);
  };
  actions.alert_rules = [this](const Json& args) {
    set_alert_rules(args);
    return std::to_string(args["rules"].size()) + (args["rules"].size() == 1 ? " rule" : " rules");
  };
  actions.probe = [this](const store::ControlRequest& request) {
    const TimeShares::Measured measured(time_, TimeShares::observe);
    ctx_.set_step(loop_.step, total_steps_);
    sink_.answer_probe(request, answer_probe(system_, spec_, request.args, stage().id, ctx_), loop_.step);
  };
  actions.options = [this]() -> const Json& { return ctx_.options(); };
  return actions;
}

/// What depends on how far a run has come (a cosine decay) then spreads over the longer run.
void Loop::extend(std::int64_t steps) {
  const std::string& id = stage().id;
  loop_.extra[id] = loop_.extra.value(id, std::int64_t{0}) + steps;
  stages_[loop_.stage].budget += steps;
  total_steps_ += steps;
  loop_.worse = 0;   // who extends a run has patience again
  ctx_.set_step(loop_.step, total_steps_);
  sink_.event(loop_.step, "change", {{"path", "steps"}, {"old", total_steps_ - steps}, {"new", total_steps_}, {"why", "extended"}});
}

void Loop::set_alert_rules(const Json& args) {
  alerts_.set(alert_rules_from(args));
  const Json before = loop_.alerts;
  loop_.alerts = args;
  sink_.event(loop_.step, "change", {{"path", "alert_rules"}, {"old", before}, {"new", args}});
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
