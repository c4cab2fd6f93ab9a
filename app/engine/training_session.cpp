// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/engine/training_session.h"

#include <chrono>
#include <cstdio>
#include <filesystem>

#include <fmt/format.h>
#include <torch/types.h>

#include "app/engine/failure.h"
#include "app/engine/progress_bar.h"
#include "engine/core/text.h"
#include "engine/inspect/fingerprint.h"
#include "engine/inspect/open_sources.h"
#include "engine/store/crash_report.h"
#include "engine/train/device.h"
#include "engine/train/train_context.h"
#include "engine/train/trainer.h"
#include "plugins/systems.h"

namespace geocyte::app {
namespace {

using Clock = std::chrono::steady_clock;

train::Inputs open_inputs(const Json& options, store::RunWriter& writer) {
  ProgressBar bar("data");
  inspect::OpenOptions how;
  how.progress = [&](double fraction, std::string_view what) { bar.update(fraction, what); };
  const Json* sources = config::find(options, "sources");
  const Json* folder = config::find(options, "data_folder");
  auto opened = inspect::open_sources(sources ? *sources : Json::array(), folder && folder->is_string() ? folder->get<std::string>() : "", how);
  std::int64_t cells = 0;
  for (const auto& source : opened.sources) cells += source.size();
  const std::string found = fmt::format("{} sources, {} cells, {} shared genes", opened.sources.size(), grouped(cells),
                                        grouped(static_cast<std::int64_t>(opened.genes.size())));
  bar.finish(found);
  Json files = Json::array();
  for (const auto& file : opened.files) files.push_back(inspect::fingerprint(file));
  writer.event(0, "note", {{"text", found}, {"data", opened.data_note}, {"files", files}});
  writer.log("info", found + " (" + opened.data_note + ")");
  return {std::move(opened.sources), opened.data_note, opened.simulated};
}

/// Progress, rate and time left, from the trainer's reports.
class TrainingBar {
 public:
  void operator()(const train::Progress& progress) {
    const double seconds = std::chrono::duration<double>(Clock::now() - begin_).count();
    if (first_ < 0) first_ = progress.step;
    const double rate = seconds > 0 ? static_cast<double>(progress.step - first_) / seconds : 0;
    const double left = rate > 0 ? static_cast<double>(progress.total_steps - progress.step) / rate : 0;
    bar_.update(progress.total_steps > 0 ? static_cast<double>(progress.step) / static_cast<double>(progress.total_steps) : 0,
                fmt::format("step {} of {} · loss {:.4g} · {:.0f} steps/s · {} left", grouped(progress.step),
                            grouped(progress.total_steps), progress.total_loss, rate, duration_text(left)));
  }
  void finish(const std::string& text) { bar_.finish(text); }

 private:
  ProgressBar bar_{"train"};
  Clock::time_point begin_ = Clock::now();
  std::int64_t first_ = -1;
};

std::int64_t option_integer(const Json& options, const char* path) {
  const Json* value = config::find(options, path);
  return value && value->is_number() ? value->get<std::int64_t>() : 0;
}

train::RunOutcome train_system(const TrainingRequest& request, store::RunWriter& writer, const StopToken& stop) {
  const Json& options = request.resolved.options;
  const Json* wanted = config::find(options, "device");
  const auto device = train::choose_device(!request.device.empty() ? request.device : wanted && wanted->is_string() ? wanted->get<std::string>() : "auto");
  const int threads = train::set_threads(request.threads >= 0 ? request.threads : static_cast<int>(option_integer(options, "threads")));
  const train::Inputs inputs = open_inputs(options, writer);
  auto system = plugins::make_system(request.resolved.system->id);
  train::Collective alone;
  train::TrainContext context(options, device, c10::ScalarType::Float, threads, static_cast<std::uint64_t>(option_integer(options, "seed")), stop,
                              writer.folder("scratch"), alone);
  TrainingBar bar;
  train::TrainerOptions how;
  how.resume_from = request.resume_from;
  how.progress = [&](const train::Progress& progress) { bar(progress); };
  auto outcome = train::Trainer::run(*system, *request.resolved.system, inputs, context, writer, how);
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
