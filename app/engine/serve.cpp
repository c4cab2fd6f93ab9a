// SPDX-License-Identifier: GPL-3.0-or-later
// `serve --run R`: answers probes about a run that has ended, and leaves when nobody asks. `probe --run R`: asks one.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <optional>
#include <thread>

#include <CLI/CLI.hpp>

#include "app/engine/command.h"
#include "app/engine/prepared_system.h"
#include "app/engine/run_argument.h"
#include "app/engine/run_configuration.h"
#include "app/engine/signal_stop.h"
#include "engine/core/error.h"
#include "engine/jobs/steer.h"
#include "engine/store/control.h"
#include "engine/store/process_identity.h"
#include "engine/store/run_lock.h"
#include "engine/store/run_server.h"
#include "engine/train/probe.h"
#include "engine/train/restore.h"
#include "plugins/registry.h"

namespace geocyte::app {
namespace {

using Clock = std::chrono::steady_clock;

constexpr auto kLook = std::chrono::milliseconds(20);

struct ServeRequest {
  std::string run;
  DeviceWish wish;
  std::optional<std::int64_t> step;
  double quiet_s = 60;
};

/// Answers until nothing was asked for `quiet_s`, or until `enough` says so.
int serve(const ServeRequest& request, const StopToken& stop, const std::function<bool()>& enough = {}) {
  const auto folder = run_folder(request.run);
  store::RunReader reader(folder);
  const auto specs = plugins::all_specs();
  const auto resolved = configuration_of(reader, specs);
  const ChosenCheckpoint checkpoint = choose_checkpoint(reader, request.step);
  for (const auto& problem : checkpoint.problems) std::fprintf(stderr, "note: %s\n", problem.c_str());
  store::RunServer server(folder);
  PreparedSystem prepared = prepare_system(resolved, request.wish, std::filesystem::temp_directory_path().string(), stop);
  const auto restored = train::restore_system(checkpoint.found.folder, *prepared.system, *resolved.system, prepared.data.inputs, *prepared.context);
  const std::int64_t step = restored.loop.step;
  const std::string stage = prepared.system->stages(prepared.context->options()).at(restored.loop.stage).id;
  std::fprintf(stderr, "serving step %lld (%s)\n", static_cast<long long>(step), checkpoint.why.c_str());
  auto last = Clock::now();
  while (!stop.stop_requested() && std::chrono::duration<double>(Clock::now() - last).count() < request.quiet_s && !(enough && enough())) {
    for (const auto& asked : server.poll()) {
      try {
        if (asked.command == "probe") server.answer_probe(asked, train::answer_probe(*prepared.system, *resolved.system, asked.args, stage, *prepared.context), step);
        else server.refuse(asked, "the run has ended; who serves it answers probes only", step);
      } catch (const Error& error) {
        if (error.code() == ErrorCode::storage) throw;
        server.refuse(asked, error.message() + (error.hint().empty() ? "" : ". " + error.hint()), step);
      }
      last = Clock::now();
    }
    std::this_thread::sleep_for(kLook);
  }
  return 0;
}

/// A server that lives holds the lock although status.json is final.
bool is_served(const std::filesystem::path& folder) {
  const auto owner = store::lock_owner(folder);
  return owner.pid > 0 && store::liveness_of(owner) == store::Liveness::alive;
}

/// "rows=0" and "sigma=0.3" as arguments.
Json arguments_from(const std::vector<std::string>& assignments) {
  Json args = Json::object();
  for (const auto& assignment : assignments) config::apply_assignment(args, assignment);
  return args;
}

int probe(const ServeRequest& request, const std::vector<std::string>& assignments, bool json) {
  constexpr std::chrono::minutes kPatience{5};
  const auto folder = run_folder(request.run);
  const Json args = arguments_from(assignments);
  const std::string id = store::send_control(folder, "probe", args);
  const auto answer = [&] { return store::control_answer(folder, id); };
  try {
    if (jobs::has_living_engine(folder) || is_served(folder)) store::wait_for_answer(folder, id, kPatience);
    else serve(request, SignalStop().token(), [&] { return answer().has_value(); });
  } catch (const Error&) {
    store::withdraw_control(folder, id);
    throw;
  }
  const auto found = answer();
  if (!found) {
    store::withdraw_control(folder, id);
    throw Error(ErrorCode::usage, "the engine has not answered the probe", "ask again when its step is over");
  }
  if (!found->done) throw Error(ErrorCode::usage, found->text);
  const std::string file = (folder / "probes" / (id + ".h5")).string();
  if (json) std::printf("%s\n", Json{{"id", id}, {"file", file}, {"step", found->step}}.dump().c_str());
  else std::printf("%s\n", file.c_str());
  return 0;
}

void add_options(CLI::App& command, ServeRequest& request) {
  command.add_option("--run", request.run, "run directory, or a runs folder (its newest run)")->required();
  command.add_option("--step", request.step, "checkpoint of a run that has ended (default: the best one)");
  command.add_option("--device", request.wish.device, "auto, cpu, cuda or cuda:N");
  command.add_option("--threads", request.wish.threads, "threads of one operation; 0 = all")->check(CLI::Range(0, 1024));
}

}  // namespace

void add_serve(CLI::App& root, Session& session) {
  auto* command = root.add_subcommand("serve", "answer probes about a run that has ended; leaves when nobody asks");
  auto request = std::make_shared<ServeRequest>();
  add_options(*command, *request);
  command->add_option("--quiet", request->quiet_s, "seconds without a request after which it leaves")->check(CLI::Range(0.0, 1e6))->capture_default_str();
  command->callback([=, &session] {
    session.action = [=] {
      const SignalStop signals("stopping after this answer");
      return serve(*request, signals.token());
    };
  });
}

void add_probe(CLI::App& root, Session& session) {
  auto* command = root.add_subcommand("probe", "ask a run for arrays, now: a running engine, a server, or this program itself");
  auto request = std::make_shared<ServeRequest>();
  auto assignments = std::make_shared<std::vector<std::string>>();
  add_options(*command, *request);
  command->add_option("--arg", *assignments, "an argument: rows=0 answers all rows (repeatable)");
  command->callback([=, &session] {
    session.action = [=, &session] { return probe(*request, *assignments, session.json); };
  });
}

}  // namespace geocyte::app
