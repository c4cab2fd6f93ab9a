// SPDX-License-Identifier: GPL-3.0-or-later
// Looks at a system while it trains: snapshots at their cadence, the analysis of them on its own thread, the sentence on
// whether it is learning, and the alerts of the spec. Looking changes nothing: generators and random streams are put back.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>

#include "engine/analysis/alert_monitor.h"
#include "engine/analysis/analysis_thread.h"
#include "engine/analysis/training_verdict.h"
#include "engine/config/system_spec.h"
#include "engine/core/error.h"
#include "engine/store/contract/run_sink.h"
#include "engine/train/generators.h"
#include "engine/train/snapshot_schedule.h"
#include "engine/train/system.h"
#include "engine/train/time_shares.h"
#include "engine/train/train_context.h"

namespace geocyte::train {

/// While it lives nothing that is drawn counts: torch's generators and all named streams but "probe" are put back.
class Looking {
 public:
  explicit Looking(TrainContext& ctx);
  ~Looking();
  Looking(const Looking&) = delete;
  Looking& operator=(const Looking&) = delete;

 private:
  TrainContext& ctx_;
  GeneratorsKept generators_;
  std::map<std::string, Rng> streams_;
};

struct ObserverOptions {
  double every_s = 2;
  int most = 60;
  double analysis_share = 0.1;
};

class Observer {
 public:
  /// Is told of every part that the analysis made, on its thread, before the part is written.
  using PartMade = std::function<void(const store::Snapshot& part)>;
  Observer(const config::SystemSpec& spec, TrainContext& ctx, store::RunSink& sink, TimeShares& time, const ObserverOptions& options,
           PartMade part_made = {});

  void set_axes(const std::vector<store::Axis>& axes);
  /// Remembers the loss for the verdict and judges the alerts.
  void record(std::int64_t step, const StepReport& report);
  /// Alerts that look at held-out results: evaluation/<metric> of the model, with /low and /high where there is an interval.
  void record(std::int64_t step, const Evaluation& evaluation);
  /// Alerts of a run that ends with this error.
  void record(std::int64_t step, const Error& error);
  bool due() const { return schedule_.due(time_.active()); }
  /// Takes a snapshot of `step`, unless there is one. False when there was.
  bool take(System& system, const std::string& stage, std::int64_t step);
  void set_share(double share) { if (analysis_) analysis_->set_share(share); }
  void set_unlimited(bool unlimited) { if (analysis_) analysis_->set_unlimited(unlimited); }
  void drain(double timeout_s) { if (analysis_) analysis_->drain(timeout_s); }
  double analysis_seconds() const { return analysis_ ? analysis_->used_seconds() : 0; }
  SnapshotSchedule& schedule() { return schedule_; }

 private:
  void notice_weights(std::int64_t step, const StepReport& report);
  void judge_alerts(std::int64_t step);
  TrainContext& ctx_;
  store::RunSink& sink_;
  TimeShares& time_;
  SnapshotSchedule schedule_;
  analysis::LossHistory history_;
  std::map<std::string, double> weights_;  ///< of the last step, by term
  std::int64_t last_step_ = -1;
  analysis::AlertMonitor alerts_;
  std::unique_ptr<analysis::AnalysisThread> analysis_;
};

}  // namespace geocyte::train
