// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/train/loop.h"

#include <chrono>
#include <cmath>
#include <condition_variable>
#include <functional>
#include <future>
#include <mutex>

#include <c10/core/GradMode.h>

#include "engine/core/error.h"
#include "engine/core/log.h"
#include "engine/core/text.h"
#include "engine/train/artifacts.h"

namespace geocyte::train {
namespace {

constexpr double kReportPeriod = 0.25, kProgressPeriod = 0.1;   // seconds
constexpr std::int64_t kMilestones = 10;                        // every tenth regular checkpoint stays
constexpr const char* kDataTime = "time/data_ms";               // a system may say how long it assembled its batch

}  // namespace

void Loop::run() {
  start();
  if (observer_ && observer_->due()) take_snapshot();
  report(store::RunState::running);
  while (run_stage() == StageEnd::done) {
    if (loop_.stage + 1 == stages_.size()) return finish_completed();
    if (control_->wishes().stop_at_stage_end) break;
    if (take_up_best())
      sink_.event(loop_.step, "note", {{"text", "the next stage builds on step " + std::to_string(loop_.best->step) + ", the best of " + stage().title}});
    ++loop_.stage;
    loop_.stage_step = 0;
    loop_.worse = 0;
    begin_stage();
  }
  finish_stopped();
}

Loop::StageEnd Loop::run_stage() {
  for (;;) {
    // A request that came during the last step is answered before the run ends; it may have made the stage longer.
    if (attend()) return StageEnd::stopped;
    if (loop_.stage_step >= stage().budget) return StageEnd::done;
    const StepReport report = one_step();
    look_after_step();
    if (!report.ends_stage.empty()) ends_early_ = report.ends_stage;
    if (!ends_early_.empty()) {
      sink_.event(loop_.step, "stage", {{"stage", stage().id}, {"what", "ends early"}, {"why", ends_early_}});
      loop_.stage_step = stage().budget;   // so that a checkpoint from here on knows it as done
      ends_early_.clear();
    }
  }
}

bool Loop::attend() {
  control_->look(time_.now(), loop_.step);
  if (control_->wishes().paused) wait_while_paused();
  if (ctx_.stop().stop_requested()) outcome_.interrupted = true;
  return outcome_.interrupted || control_->wishes().ends_now();
}

void Loop::wait_while_paused() {
  const TimeShares::Measured measured(time_, TimeShares::paused);
  if (observer_) observer_->set_unlimited(true);
  report(store::RunState::paused);
  std::mutex mutex;
  std::condition_variable_any wake;
  std::unique_lock lock(mutex);
  const auto period = std::chrono::duration<double>(kControlPeriod);
  while (control_->wishes().paused && !control_->wishes().ends_now() && !ctx_.stop().stop_requested()) {
    wake.wait_for(lock, ctx_.stop(), period, [] { return false; });
    if (control_->look(time_.now(), loop_.step)) report(state_);
  }
  if (observer_) observer_->set_unlimited(false);
  if (!control_->wishes().ends_now() && !ctx_.stop().stop_requested()) report(store::RunState::running);
}

StepReport Loop::one_step() {
  const double start = time_.now();
  StepReport report;
  {
    const TimeShares::Measured measured(time_, TimeShares::step);
    ctx_.set_step(loop_.step, total_steps_);
    report = system_.step(ctx_);
  }
  const double seconds = time_.now() - start;
  if (!std::isfinite(report.total))
    throw Error(ErrorCode::diverged, "the loss is not finite at step " + std::to_string(loop_.step + 1),
                "lower the learning rate or the weight of the term that grew before; the last checkpoint is intact");
  ++loop_.step;
  ++loop_.stage_step;
  ctx_.set_step(loop_.step, total_steps_);
  last_total_ = report.total;
  if (const auto data = report.scalars.find(kDataTime); data != report.scalars.end())
    time_.move(TimeShares::step, TimeShares::data, data->second / 1000);
  const TimeShares::Measured measured(time_, TimeShares::write);
  write_scalars(report, seconds * 1000);
  if (observer_) observer_->record(loop_.step, report);
  return report;
}

void Loop::write_scalars(const StepReport& report, double step_ms) {
  std::map<std::string, double> values = ctx_.take_update_scalars();
  values.insert(report.scalars.begin(), report.scalars.end());
  values["loss/total"] = report.total;
  for (const auto& [term, value] : report.terms) values["loss/" + term] = value;
  for (const auto& [term, value] : report.weighted) values["weighted/" + term] = value;
  values["time/step_ms"] = step_ms;
  for (const auto& [tag, value] : values) sink_.scalar(tag, loop_.step, value);
  look_for_alerts(loop_.step, values);
  write_notes();
}

void Loop::write_notes() {
  for (const std::string& text : ctx_.take_notes()) sink_.event(loop_.step, "note", {{"text", text}});
}

void Loop::look_after_step() {
  const auto falls_due = [&](const char* path) {
    const std::int64_t period = every(path);
    return period > 0 && loop_.step % period == 0;
  };
  between_steps_ = true;
  if (falls_due("validate.every")) validate();
  if (falls_due("checkpoint.every")) write_checkpoint("every " + std::to_string(every("checkpoint.every")) + " steps");
  // The last step is looked at when it is known what the run ends on.
  const bool last = loop_.stage + 1 == stages_.size() && (loop_.stage_step >= stage().budget || !ends_early_.empty());
  if (observer_ && !last && observer_->due()) take_snapshot();
  between_steps_ = false;
  const double now = time_.now();
  if (now - last_report_ >= kReportPeriod) report(store::RunState::running);
  if (options_.progress && now - last_progress_ >= kProgressPeriod) {
    last_progress_ = now;
    options_.progress({loop_.step, total_steps_, last_total_, stage().id});
  }
}

void Loop::validate() {
  std::map<std::string, double> terms;
  {
    const TimeShares::Measured measured(time_, TimeShares::observe);
    const Looking looking(ctx_);
    const at::NoGradGuard no_gradient;
    terms = system_.validate(ctx_);
  }
  std::map<std::string, double> values;
  for (const auto& [term, value] : terms) values["val/" + term] = value;
  for (const auto& [tag, value] : values) sink_.scalar(tag, loop_.step, value);
  look_for_alerts(loop_.step, values);
  if (judge(values)) ends_early_ = std::to_string(loop_.worse) + " validations in a row were no better than step " + std::to_string(loop_.best->step);
}

bool Loop::judge(const std::map<std::string, double>& values) {
  if (values.empty()) return false;
  const Json* wanted = config::find(ctx_.options(), "best.metric");
  const std::string metric = wanted && wanted->is_string() ? wanted->get<std::string>() : "val/total";
  const auto found = values.find(metric);
  if (found == values.end()) {
    std::vector<std::string> names;
    for (const auto& [tag, value] : values) names.push_back(tag);
    throw Error(ErrorCode::bad_config, "best.metric is '" + geocyte::quoted(metric) + "', which validation does not compute", "There is: " + listed(names, 12) + ".");
  }
  if (best_.offer(metric, found->second, loop_.step)) {
    loop_.best = best_.best();
    loop_.worse = 0;
    write_checkpoint("best " + loop_.best->metric);
    return false;
  }
  ++loop_.worse;
  const std::int64_t patience = every("early_stop.patience");
  return patience > 0 && loop_.best && loop_.worse >= patience;
}

void Loop::look_for_alerts(std::int64_t step, const std::map<std::string, double>& values) {
  for (Json& details : alerts_.look(values)) sink_.event(step, "alert", std::move(details));
}

bool Loop::take_snapshot() {
  hear_wishes();
  return with_context("looking at step " + std::to_string(loop_.step), [&] { return observer_->take(system_, stage().id, loop_.step); });
}

/// Validation, snapshots and checkpoints take longer than a step; who pauses meanwhile is answered between and beside them.
void Loop::hear_wishes() {
  if (between_steps_) control_->look(time_.now(), loop_.step, true);
}

/// A disk takes tens of milliseconds to keep a file for good.
void Loop::flush_beside_requests(const std::function<void()>& write) {
  std::future<void> written = std::async(std::launch::async, write);
  const auto period = std::chrono::duration<double>(kControlPeriod);
  while (between_steps_ && written.wait_for(period) != std::future_status::ready) hear_wishes();
  written.get();
}

void Loop::write_checkpoint(const std::string& reason) {
  if (outcome_.last_checkpoint == loop_.step) return;
  hear_wishes();
  const TimeShares::Measured measured(time_, TimeShares::write);
  CheckpointWriter writer;
  system_.save(writer);
  Checkpoint checkpoint;
  if (observer_) loop_.schedule = observer_->schedule().save();
  checkpoint.loop = loop_;
  checkpoint.system = writer.state();
  checkpoint.system_id = spec_.id;
  checkpoint.configuration = configuration_;
  checkpoint.seed = ctx_.rng().seed();
  checkpoint.streams = ctx_.rng().all();
  const GeneratorStates generators = generator_states(ctx_.device());
  checkpoint.generator = generators.host;
  checkpoint.device_generator = generators.device;
  ArtifactWriter artifacts;
  system_.export_artifacts(artifacts);
  checkpoint.artifacts = artifacts.artifacts();
  flush_beside_requests([&] { train::write_checkpoint(checkpoints_, checkpoint); });
  outcome_.last_checkpoint = loop_.step;
  sink_.event(loop_.step, "checkpoint", {{"why", reason}});
  const auto best = loop_.best ? std::optional(loop_.best->step) : std::nullopt;
  for (const std::int64_t step : prune_checkpoints(checkpoints_, best, {3, kMilestones * every("checkpoint.every")}))
    sink_.event(loop_.step, "removed", {{"checkpoint", step}});
  write_artifacts(checkpoint.artifacts, loop_.step);
}

void Loop::write_artifacts(const std::vector<Artifact>& artifacts, std::int64_t step) {
  for (const Artifact& artifact : artifacts) write_artifact(sink_.folder("artifacts/" + artifact.name), artifact, step);
}

void Loop::report(store::RunState state, const std::string& message) {
  state_ = state;
  last_report_ = time_.now();
  store::Status status;
  status.state = state;
  status.last_step_at = utc_now_text();
  status.stage = loop_.stage < stages_.size() ? stage().id : std::string();
  status.step = loop_.step;
  status.total_steps = total_steps_;
  status.time_share = time_.shares(observer_ ? observer_->analysis_seconds() : analysis_seconds_);
  status.device = device_;
  status.last_checkpoint = outcome_.last_checkpoint;
  status.best = loop_.best;
  status.message = message;
  if (outcome_.error)
    status.error = store::StatusError{name_of(outcome_.error->code()), outcome_.error->message(), {}, outcome_.error->hint()};
  if (status.error)
    for (const std::string& where : outcome_.error->context())
      status.error->context += (status.error->context.empty() ? "" : ", ") + where;
  sink_.status(status);
}

}  // namespace geocyte::train
