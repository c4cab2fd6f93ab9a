// SPDX-License-Identifier: GPL-3.0-or-later
// The inside of the trainer: one run, from its first status to its last.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "engine/train/alert_rules.h"
#include "engine/train/best_rule.h"
#include "engine/train/checkpoints.h"
#include "engine/train/control_handler.h"
#include "engine/train/observer.h"
#include "engine/train/time_shares.h"
#include "engine/train/train_context.h"
#include "engine/train/trainer.h"

namespace geocyte::train {

class Loop {
 public:
  Loop(System& system, const config::SystemSpec& spec, const Inputs& inputs, TrainContext& ctx, store::RunSink& sink,
       const TrainerOptions& options, Clock clock);

  /// Trains. Throws what went wrong; fail() then says so in the run.
  void run();
  void fail(const Error& error) noexcept;
  const RunOutcome& outcome() const { return outcome_; }

 private:
  enum class StageEnd { done, stopped };

  // --- start (loop_start.cpp) ---
  void start();
  void resume();
  void begin_stage();
  ControlActions actions();
  void set_parameter(const std::string& path, const Json& value);

  // --- steps (loop.cpp) ---
  StageEnd run_stage();
  /// True when the run is to end between two steps.
  bool attend();
  void wait_while_paused();
  StepReport one_step();
  void write_scalars(const StepReport& report, double step_ms);
  void write_notes();
  void look_after_step();
  void validate();
  /// What validation found best so far; true when the stage is to end for want of anything better.
  bool judge(const std::map<std::string, double>& terms);
  void extend(std::int64_t steps);
  void set_alert_rules(const Json& args);
  void look_for_alerts(std::int64_t step, const std::map<std::string, double>& values);

  // --- end (loop_end.cpp) ---
  void finish_stopped();
  void finish_completed();
  /// With best.end: takes up the weights of the best step of the stage, whose checkpoint is kept. False where they are those of the last step.
  bool take_up_best();
  /// The same at the end of a run, whose artifacts they become; checkpoints of the last step stay what it goes on from.
  void end_on_best();
  void evaluate();
  void close(store::RunState state, const std::string& message);

  // --- what both need (loop.cpp) ---
  void write_checkpoint(const std::string& reason);
  void write_artifacts(const std::vector<Artifact>& artifacts, std::int64_t step);
  bool flag(const char* path) const;
  void hear_wishes();
  void flush_beside_requests(const std::function<void()>& write);
  bool take_snapshot();
  void report(store::RunState state, const std::string& message = {});
  std::int64_t every(const char* path) const;
  double option(const char* path, double otherwise) const;
  const Stage& stage() const { return stages_[loop_.stage]; }

  System& system_;
  const config::SystemSpec& spec_;
  const Inputs& inputs_;
  TrainContext& ctx_;
  store::RunSink& sink_;
  const TrainerOptions& options_;

  TimeShares time_;
  std::vector<Stage> stages_;
  std::int64_t total_steps_ = 0;
  LoopState loop_;
  std::string configuration_;
  BestRule best_;
  AlertRules alerts_;                      // outlives the observer, whose thread looks at it
  std::string ends_early_;                 // why the stage that is going is to end now; "" = it is not
  std::unique_ptr<Observer> observer_;
  std::unique_ptr<ControlHandler> control_;
  bool between_steps_ = false;             // something longer than a step is going, and a step may follow
  std::filesystem::path checkpoints_;
  std::string device_;
  store::RunState state_ = store::RunState::starting;
  double last_report_ = -1, last_progress_ = -1;
  double last_total_ = 0, analysis_seconds_ = 0;
  RunOutcome outcome_;
};

}  // namespace geocyte::train
