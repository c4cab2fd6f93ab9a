// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/train/observer.h"

#include <cmath>
#include <limits>

#include <c10/core/GradMode.h>

#include "engine/core/error.h"

namespace geocyte::train {
namespace {

constexpr const char* kProbeStream = "probe";
constexpr std::size_t kHistoryKept = 4000;   // steps; the verdict looks back on half of that

template <class T>
void drop_first(std::vector<T>& values, std::size_t count) {
  values.erase(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(count));
}

}  // namespace

Looking::Looking(TrainContext& ctx) : ctx_(ctx), generators_(ctx.device()), streams_(ctx.rng().all()) {}

Looking::~Looking() {
  RngStreams untouched(ctx_.rng().seed());
  for (const auto& [name, rng] : ctx_.rng().all()) {
    if (name == kProbeStream) continue;
    // A stream that came up while looking goes back to its beginning.
    const auto before = streams_.find(name);
    ctx_.rng().stream(name).set_state(before == streams_.end() ? untouched.stream(name).state() : before->second.state());
  }
}

Observer::Observer(const config::SystemSpec& spec, TrainContext& ctx, store::RunSink& sink, TimeShares& time,
                   const ObserverOptions& options, PartMade part_made)
    : ctx_(ctx), sink_(sink), time_(time), schedule_(options.every_s, options.most), alerts_(spec) {
  if (spec.derived.empty()) return;
  // A failure of the sink reaches the training thread by its own next call; here it only ends the part.
  analysis_ = std::make_unique<analysis::AnalysisThread>(
      spec.derived, ctx.rng().seed(), options.analysis_share,
      [this, &sink, part_made = std::move(part_made)](store::Snapshot part) {
        for (const auto& [metric, value] : part.scalars) alerts_.observe(metric, value);
        judge_alerts(part.step);
        if (part_made) part_made(part);
        sink.snapshot(std::move(part));
      },
      [&sink](const std::string& text) { sink.log("warning", text); });
}

void Observer::set_axes(const std::vector<store::Axis>& axes) {
  if (analysis_) analysis_->set_axes(axes);
}

void Observer::record(std::int64_t step, const StepReport& report) {
  if (history_.step.size() >= 2 * kHistoryKept) {
    drop_first(history_.step, kHistoryKept);
    drop_first(history_.total, kHistoryKept);
    for (auto& [term, values] : history_.weighted) drop_first(values, kHistoryKept);
  }
  notice_weights(step, report);
  const std::size_t before = history_.step.size();
  history_.step.push_back(step);
  history_.total.push_back(report.total);
  for (const auto& [term, value] : report.weighted) {
    auto& series = history_.weighted[term];
    series.resize(before, 0.0);   // a term that was off until now weighed nothing
    series.push_back(value);
  }
  for (auto& [term, series] : history_.weighted) series.resize(before + 1, 0.0);

  alerts_.observe("loss/total", report.total);
  for (const auto& [term, value] : report.weighted) alerts_.observe("weighted/" + term, value);
  for (const auto& [metric, value] : report.scalars) alerts_.observe(metric, value);
  judge_alerts(step);
}

void Observer::record(std::int64_t step, const Evaluation& evaluation) {
  for (const Measured& row : evaluation.rows) {
    if (row.method != "model") continue;
    const std::string metric = "evaluation/" + row.metric;
    alerts_.observe(metric, row.value);
    if (row.low) alerts_.observe(metric + "/low", *row.low);
    if (row.high) alerts_.observe(metric + "/high", *row.high);
  }
  judge_alerts(step);
}

void Observer::record(std::int64_t step, const Error& error) {
  if (error.code() != ErrorCode::diverged) return;
  alerts_.observe("loss/total", std::numeric_limits<double>::quiet_NaN());
  for (analysis::AlertChange& change : alerts_.judge()) {
    change.evidence = error.message() + ".";
    sink_.event(step, "alert", analysis::to_json(change));
  }
}

void Observer::judge_alerts(std::int64_t step) {
  for (const analysis::AlertChange& change : alerts_.judge()) {
    sink_.event(step, "alert", analysis::to_json(change));
    sink_.log("warning", change.headline + " " + change.evidence + (change.advice.empty() ? "" : " " + change.advice));
  }
}

/// A term's weight is what it adds over what it is. Warm-ups and live changes move it, and with it the total.
void Observer::notice_weights(std::int64_t step, const StepReport& report) {
  for (const auto& [term, value] : report.terms) {
    const auto added = report.weighted.find(term);
    if (added == report.weighted.end() || value == 0 || !std::isfinite(value)) continue;
    const double weight = added->second / value;
    const auto known = weights_.find(term);
    // losses are single precision: a constant weight wobbles in the seventh digit
    if (known == weights_.end() || std::abs(weight - known->second) > 1e-3 * std::abs(known->second)) {
      if (known != weights_.end()) history_.comparable_from = step;
      alerts_.forget("weighted/");   // shares of the sum are not comparable either
      weights_[term] = weight;
    }
  }
}

bool Observer::take(System& system, const std::string& stage, std::int64_t step) {
  if (step == last_step_) return false;
  const double start = time_.now();
  store::Snapshot snapshot;
  {
    const TimeShares::Measured measured(time_, TimeShares::observe);
    const Looking looking(ctx_);
    const at::NoGradGuard no_gradient;
    ProbeRequest request;
    request.step = step;
    snapshot = system.observe(request, ctx_, ctx_.stop());
  }
  snapshot.step = step;
  snapshot.stage = stage;
  if (ctx_.weights_of() != step) snapshot.attributes[store::kWeightsOf] = ctx_.weights_of();
  snapshot.verdicts.push_back(analysis::training_verdict(history_));
  if (analysis_) analysis_->submit(snapshot);
  {
    const TimeShares::Measured measured(time_, TimeShares::write);
    sink_.snapshot(std::move(snapshot));
  }
  last_step_ = step;
  schedule_.taken(time_.active(), time_.now() - start);
  return true;
}

}  // namespace geocyte::train
