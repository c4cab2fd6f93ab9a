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
                   const ObserverOptions& options)
    : ctx_(ctx), sink_(sink), time_(time), schedule_(options.every_s, options.most) {
  if (spec.derived.empty()) return;
  // A failure of the sink reaches the training thread by its own next call; here it only ends the part.
  analysis_ = std::make_unique<analysis::AnalysisThread>(
      spec.derived, ctx.rng().seed(), options.analysis_share, [&sink](store::Snapshot part) { sink.snapshot(std::move(part)); },
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
