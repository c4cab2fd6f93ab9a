// SPDX-License-Identifier: GPL-3.0-or-later
// `train`: makes a run directory and trains in the foreground.
#include <cstdlib>
#include <filesystem>
#include <memory>

#include <CLI/CLI.hpp>

#include "app/engine/about.h"
#include "app/engine/command.h"
#include "app/engine/dry_run.h"
#include "app/engine/signal_stop.h"
#include "app/engine/training_session.h"
#include "engine/core/error.h"
#include "engine/core/log.h"
#include "engine/core/paths.h"
#include "engine/jobs/job_spec.h"
#include "engine/store/contract/safe_json.h"
#include "plugins/registry.h"

namespace geocyte::app {
namespace {

namespace fs = std::filesystem;

struct TrainRequest {
  std::string preset, runs, run_id, name, device, experiment;
  std::vector<std::string> assignments, command_line;
  int threads = -1;
  bool dry_run = false;
};

store::RunStart start_of(const TrainRequest& request, const config::ResolvedRun& resolved) {
  store::RunStart start;
  start.id = request.run_id;
  start.system = resolved.system->id;
  start.preset = resolved.preset;
  start.name = !request.name.empty() ? request.name : resolved.title;
  if (const Json* seed = config::find(resolved.options, "seed"); seed && seed->is_number()) start.seed = seed->get<std::uint64_t>();
  start.command_line = request.command_line;
  start.config_yaml = config::to_yaml(resolved.options);
  start.about = about_this_program();
  if (!request.experiment.empty()) start.about["experiment"] = store::parse_json(request.experiment);
  start.about["config_hash"] = config::configuration_hash(resolved.options);
  return start;
}

/// --device and --threads are parameters like others, so that the run remembers them and resumes with them. "cuda:1" is
/// more than the parameter can say: it holds for this start only.
std::vector<std::string> assignments_of(const TrainRequest& request) {
  auto assignments = request.assignments;
  if (request.threads >= 0) assignments.push_back("threads=" + std::to_string(request.threads));
  if (!request.device.empty() && request.device.find(':') == std::string::npos) assignments.push_back("device=" + request.device);
  return assignments;
}

int train_run(TrainRequest request, bool json) {
  const auto specs = plugins::all_specs();
  TrainingRequest training;
  training.resolved = config::resolve_run(specs, request.preset, assignments_of(request));
  training.wish.device = request.device;
  training.json = json;
  const fs::path runs = request.runs.empty() ? runs_folder() : fs::path(request.runs);
  if (request.dry_run) return dry_run({training.resolved, training.wish, runs, json});
  std::error_code problem;
  fs::create_directories(runs, problem);
  if (problem || !fs::is_directory(runs))
    throw Error(ErrorCode::storage, "the runs folder " + runs.string() + " cannot be made", "choose another --runs");
  const std::string label = !request.name.empty() ? request.name : fs::path(request.preset).stem().string();
  if (request.run_id.empty()) request.run_id = jobs::new_run_id(training.resolved.system->id, label, utc_now_ms());
  if (!jobs::is_run_id(request.run_id))
    throw Error(ErrorCode::usage, "'" + request.run_id + "' cannot be the name of a run", "use letters, digits, '-', '_' and '.'");
  const SignalStop signals;
  const auto writer = store::RunWriter::create(fs::absolute(runs) / request.run_id, start_of(request, training.resolved),
                                               writer_options(training.resolved.options));
  return run_training(training, *writer, signals.token());
}

}  // namespace

void add_train(CLI::App& root, Session& session) {
  auto* command = root.add_subcommand("train", "train a preset or a configuration file");
  auto request = std::make_shared<TrainRequest>();
  command->add_option("--preset", request->preset, "for example gems/demo, or a YAML file")->required();
  command->add_option("--runs", request->runs, "folder of runs (default: $GEOCYTE_RUNS or ~/geocyte/runs)");
  command->add_option("--run-id", request->run_id, "name of the run's folder (default: time, system and name)");
  command->add_option("--experiment", request->experiment, "what run.json says of the grid it belongs to, as JSON (used by ablate)");
  command->add_option("--name", request->name, "what you call it");
  command->add_option("--set", request->assignments, "change a parameter: loss.vicreg.weight=2 (repeatable)");
  command->add_option("--device", request->device, "auto, cpu, cuda or cuda:N");
  command->add_option("--threads", request->threads, "threads of one operation; 0 = all")->check(CLI::Range(0, 1024));
  command->add_flag("--dry-run", request->dry_run,
                    "write nothing: open the data, estimate memory and disk, try three steps, name runs of the same configuration");
  command->callback([=, &session] {
    session.action = [=, &session] {
      request->command_line = {"geocyte-engine", "train", "--preset", request->preset};
      for (const auto& assignment : request->assignments) request->command_line.insert(request->command_line.end(), {"--set", assignment});
      return train_run(*request, session.json);
    };
  });
}

}  // namespace geocyte::app
