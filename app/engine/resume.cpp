// SPDX-License-Identifier: GPL-3.0-or-later
// `resume RUN`: goes on with a paused run; a run without an engine goes on from its last good checkpoint.
#include <cstdio>
#include <memory>

#include <CLI/CLI.hpp>

#include "app/engine/command.h"
#include "app/engine/order_command.h"
#include "app/engine/run_argument.h"
#include "app/engine/signal_stop.h"
#include "app/engine/training_session.h"
#include "engine/core/error.h"
#include "engine/store/contract/checkpoint_folder.h"
#include "engine/store/run_layout.h"
#include "engine/store/run_reader.h"
#include "plugins/registry.h"

namespace geocyte::app {
namespace {

namespace fs = std::filesystem;

/// The configuration the run was started with, held against today's schema.
config::ResolvedRun configuration_of(store::RunReader& reader, const std::vector<config::SystemSpec>& specs) {
  const auto& facts = reader.facts();
  for (const auto& spec : specs)
    if (spec.id == facts.system) {
      config::ResolvedRun resolved;
      resolved.system = &spec;
      resolved.preset = facts.preset;
      resolved.title = facts.name;
      resolved.options = config::resolve(spec.parameters, config::parse_yaml(reader.config_text(), store::kConfigFile));
      return resolved;
    }
  throw Error(ErrorCode::bad_config, "this run is of the system '" + facts.system + "', which this build does not have");
}

int go_on(const fs::path& folder, const std::string& device, int threads, bool json) {
  store::RunReader reader(folder);
  if (reader.facts().foreign) throw Error(ErrorCode::usage, folder.string() + " holds curves only; there is nothing to resume");
  reader.poll_status();
  if (reader.status() && (reader.status()->state == store::RunState::completed || reader.status()->state == store::RunState::discarded))
    throw Error(ErrorCode::usage, std::string("this run is ") + name_of(reader.status()->state), "train again with more steps: --set steps=N");
  const auto specs = plugins::all_specs();
  TrainingRequest training;
  training.resolved = configuration_of(reader, specs);
  training.wish = {device, threads};
  training.json = json;
  const auto search = store::latest_good_checkpoint(folder / store::kCheckpointsFolder);
  for (const auto& problem : search.problems) std::fprintf(stderr, "note: %s\n", problem.c_str());
  if (search.found) training.resume_from = search.found->folder.string();
  const std::int64_t first_step = search.found ? search.found->step + 1 : 0;
  const SignalStop signals;
  const auto writer = store::RunWriter::reopen(folder, first_step, writer_options(training.resolved.options));
  for (const auto& problem : search.problems) writer->log("warning", problem);
  std::fprintf(stderr, "%s\n", search.found ? ("going on from the checkpoint of step " + std::to_string(search.found->step)).c_str()
                                            : "no checkpoint yet: beginning again");
  return run_training(training, *writer, signals.token());
}

}  // namespace

void add_resume(CLI::App& root, Session& session) {
  auto* command = root.add_subcommand("resume", "go on with a paused, stopped or lost run");
  auto run = std::make_shared<std::string>(), device = std::make_shared<std::string>();
  auto threads = std::make_shared<int>(-1);
  command->add_option("run", *run, "run directory, or a runs folder (its newest run)")->required();
  command->add_option("--device", *device, "auto, cpu, cuda or cuda:N");
  command->add_option("--threads", *threads, "threads of one operation; 0 = all")->check(CLI::Range(0, 1024));
  command->callback([=, &session] {
    session.action = [=, &session] {
      const auto folder = run_folder(*run);
      if (jobs::has_living_engine(folder)) return give_order(*run, jobs::Order::unpause, session.json);
      return go_on(folder, *device, *threads, session.json);
    };
  });
}

}  // namespace geocyte::app
