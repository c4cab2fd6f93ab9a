// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/engine/training_session.h"

#include <chrono>
#include <cstdio>

#include <fmt/format.h>

#include "app/engine/data_facts.h"
#include "app/engine/diagnosis_run.h"
#include "app/engine/failure.h"
#include "app/engine/prepared_system.h"
#include "app/engine/progress_bar.h"
#include "engine/core/text.h"
#include "engine/store/crash_report.h"
#include "engine/train/device.h"
#include "engine/train/trainer.h"

namespace geocyte::app {
namespace {

using Clock = std::chrono::steady_clock;

std::string rate_text(double steps_a_second) {
  return steps_a_second >= 10 ? fmt::format("{:.0f} steps/s", steps_a_second) : steps_a_second >= 1 ? fmt::format("{:.1f} steps/s", steps_a_second) : fmt::format("{:.1f} s a step", 1 / steps_a_second);
}

/// Progress, rate and time left, from the trainer's reports.
class TrainingBar {
 public:
  void operator()(const train::Progress& progress) {
    if (first_ < 0) first_ = progress.step, begin_ = Clock::now();   // setting up is no step
    const double seconds = std::chrono::duration<double>(Clock::now() - begin_).count();
    const double rate = seconds > 0 ? static_cast<double>(progress.step - first_) / seconds : 0;
    std::string said = fmt::format("step {} of {} · loss {:.4g}", grouped(progress.step), grouped(progress.total_steps), progress.total_loss);
    if (rate > 0) said += " · " + rate_text(rate);
    if (rate > 0) said += time_left(static_cast<double>(progress.total_steps - progress.step) / rate);
    bar_.update(progress.total_steps > 0 ? static_cast<double>(progress.step) / static_cast<double>(progress.total_steps) : 0, said);
  }
  void finish(const std::string& text) { bar_.finish(text); }

 private:
  ProgressBar bar_{"train"};
  Clock::time_point begin_;                // of the first step that was told
  std::int64_t first_ = -1;
};

train::RunOutcome train_system(const TrainingRequest& request, store::RunWriter& writer, const StopToken& stop) {
  PreparedSystem prepared = prepare_system(request.resolved, request.wish, writer.folder("scratch"), stop);
  const DataFacts facts(prepared.data, train::describe_device(prepared.context->device()), writer);
  TrainingBar bar;
  train::TrainerOptions how;
  how.resume_from = request.resume_from;
  how.extend = request.extend;
  how.progress = [&](const train::Progress& progress) { bar(progress); };
  const DiagnosisOfRun diagnosis(request.resume_from.empty() ? prepared.data.inputs.sources : std::vector<data::Source>(), writer, stop);
  auto outcome = train::Trainer::run(*prepared.system, *request.resolved.system, prepared.data.inputs, *prepared.context, writer, how);
  bar.finish(fmt::format("{} at step {}", name_of(outcome.state), grouped(outcome.step)));
  return outcome;
}

void say_verdicts(const train::RunOutcome& outcome) {
  if (!outcome.evaluation) return;
  for (const auto& verdict : outcome.evaluation->verdicts)
    std::fprintf(stderr, "%s %s\n", verdict.headline.c_str(), verdict.evidence.c_str());
}

}  // namespace

store::RunWriterOptions writer_options(const Json& options) {
  store::RunWriterOptions how;
  if (const Json* most = config::find(options, "snapshot.max"); most && most->is_number()) how.max_snapshots = most->get<int>();
  if (const Json* space = config::find(options, "snapshot.max_mb"); space && space->is_number()) how.max_snapshot_mb = space->get<double>();
  return how;
}

int run_training(const TrainingRequest& request, store::RunWriter& writer, const StopToken& stop) {
  const store::CrashReport crash(writer.directory(), &writer.step_counter());
  try {
    const auto outcome = train_system(request, writer, stop);
    writer.flush();
    if (outcome.error) return report_failure(*outcome.error, request.json);
    say_verdicts(outcome);
    const std::string folder = writer.directory().string();
    if (request.json) std::printf("%s\n", Json{{"run", folder}, {"state", name_of(outcome.state)}, {"step", outcome.step}}.dump().c_str());
    else std::printf("%s\n", folder.c_str());
    return outcome.exit_code();
  } catch (const Error& error) {
    writer.report_failure(error);
    throw;
  } catch (const std::exception& error) {
    const Error wrapped(ErrorCode::internal, first_line(error.what()), "this should not happen; please report it with log.txt");
    writer.report_failure(wrapped);
    throw wrapped;
  }
}

}  // namespace geocyte::app
