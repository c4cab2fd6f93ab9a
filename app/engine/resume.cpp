// SPDX-License-Identifier: GPL-3.0-or-later
// `resume RUN`: goes on with a paused run; a run without an engine goes on from its last good checkpoint.
#include <cstdio>
#include <memory>

#include <CLI/CLI.hpp>

#include "app/engine/command.h"
#include "app/engine/order_command.h"
#include "app/engine/run_argument.h"
#include "app/engine/run_configuration.h"
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

struct Request {
  std::string run, device;
  int threads = -1;
  std::int64_t extend = 0;
};

int go_on(const fs::path& folder, const Request& request, bool json) {
  store::RunReader reader(folder);
  if (reader.facts().foreign) throw Error(ErrorCode::usage, folder.string() + " holds curves only; there is nothing to resume");
  reader.poll_status();
  const auto is = [&](store::RunState state) { return reader.status() && reader.status()->state == state; };
  if (is(store::RunState::discarded)) throw Error(ErrorCode::usage, "this run was discarded", "train again");
  if (is(store::RunState::completed) && request.extend == 0)
    throw Error(ErrorCode::usage, "this run is completed", "give it more steps with --extend N");
  const auto specs = plugins::all_specs();
  TrainingRequest training;
  training.resolved = configuration_of(reader, specs);
  training.wish = {request.device, request.threads};
  training.extend = request.extend;
  training.json = json;
  const auto search = store::latest_good_checkpoint(folder / store::kCheckpointsFolder);
  for (const auto& problem : search.problems) std::fprintf(stderr, "note: %s\n", problem.c_str());
  if (search.found) training.resume_from = search.found->folder.string();
  else if (request.extend > 0) throw Error(ErrorCode::bad_data, "there is no checkpoint to go on from");
  const std::int64_t first_step = search.found ? search.found->step + 1 : 0;
  const SignalStop signals;
  const auto writer = store::RunWriter::reopen(folder, first_step, writer_options(training.resolved.options));
  for (const auto& problem : search.problems) writer->log("warning", problem);
  std::fprintf(stderr, "%s\n", search.found ? ("going on from the checkpoint of step " + std::to_string(search.found->step)).c_str()
                                            : "no checkpoint yet: beginning again, with the settings of the first start");
  return run_training(training, *writer, signals.token());
}

}  // namespace

void add_resume(CLI::App& root, Session& session) {
  auto* command = root.add_subcommand("resume", "go on with a paused, stopped or lost run");
  auto request = std::make_shared<Request>();
  command->add_option("run", request->run, "run directory, or a runs folder (its newest run)")->required();
  command->add_option("--device", request->device, "auto, cpu, cuda or cuda:N");
  command->add_option("--threads", request->threads, "threads of one operation; 0 = all")->check(CLI::Range(0, 1024));
  command->add_option("--extend", request->extend, "train so many steps more than was planned, also after the end")->check(CLI::Range(1, 1'000'000'000));
  command->callback([=, &session] {
    session.action = [=, &session] {
      const auto folder = run_folder(request->run);
      if (!jobs::has_living_engine(folder)) return go_on(folder, *request, session.json);
      if (request->extend > 0) return give_request(request->run, "extend", {{"steps", request->extend}}, session.json);
      return give_order(request->run, jobs::Order::unpause, session.json);
    };
  });
}

}  // namespace geocyte::app
