// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/jobs/launch.h"

#include <cstdlib>
#include <system_error>
#include <vector>

#include <unistd.h>

#include "engine/core/error.h"
#include "engine/core/log.h"
#include "engine/core/text.h"
#include "engine/store/run_layout.h"

namespace geocyte::jobs {
namespace {

namespace fs = std::filesystem;

constexpr const char* kEngine = "geocyte-engine";

/// A training uses every core. A few steps back, the window answers sooner, and training beside it is as fast as alone
/// (tests/bench/results/gui_live.md).
constexpr int kStandBack = 6;

bool can_run(const fs::path& program) {
  std::error_code why;
  return fs::is_regular_file(program, why) && access(program.c_str(), X_OK) == 0;
}

/// Hidden, so that it is no run, and beside the runs, so that it is found: the engine may fail before there is a run.
fs::path default_log(const fs::path& runs, const std::string& id) { return runs / ".logs" / (id + ".txt"); }

Launched start(const fs::path& engine, std::vector<std::string> arguments, const fs::path& run, const fs::path& log) {
  std::error_code why;
  for (const fs::path& folder : {run.parent_path(), log.parent_path()}) {
    if (!folder.empty()) fs::create_directories(folder, why);
    if (why)
      throw Error(ErrorCode::storage, "the folder " + folder.string() + " cannot be made: " + why.message(),
                  "choose another runs folder, or make this one writable");
  }
  ChildOptions options;
  options.program = engine;
  options.arguments = std::move(arguments);
  // The engine would set this and start itself again; see app/engine/main.cpp.
  options.environment = {{"OMP_WAIT_POLICY", "passive"}};
  options.output_file = options.error_file = log;
  options.niceness = kStandBack;
  auto process = std::make_shared<ChildProcess>(ChildProcess::spawn(options));
  const std::int64_t pid = process->id().pid;
  return {pid, std::move(process), run, log};
}

}  // namespace

fs::path find_engine() {
  std::error_code why;
  const fs::path beside = fs::read_symlink("/proc/self/exe", why).parent_path() / kEngine;
  if (!why && can_run(beside)) return beside;
  if (const char* named = std::getenv("GEOCYTE_ENGINE"); named && can_run(named)) return named;
  if (const char* path = std::getenv("PATH"))
    for (const std::string& folder : split(path, ':'))
      if (!folder.empty() && can_run(fs::path(folder) / kEngine)) return fs::path(folder) / kEngine;
  throw Error(ErrorCode::usage, "geocyte-engine is not beside this program (" + beside.parent_path().string() + ") and not on PATH",
              "build it, or set GEOCYTE_ENGINE to its place");
}

Launched launch_training(const fs::path& engine, JobSpec job, const std::string& system, const fs::path& log) {
  if (job.run_id.empty()) job.run_id = new_run_id(system, job.name, utc_now_ms());
  if (!is_run_id(job.run_id)) throw Error(ErrorCode::bad_config, "the run id " + geocyte::quoted(job.run_id) + " is not a plain folder name");
  return start(engine, training_arguments(job), job.runs / job.run_id, log.empty() ? default_log(job.runs, job.run_id) : log);
}

Launched launch_resume(const fs::path& engine, const fs::path& run, const std::string& device, int threads, const fs::path& log) {
  if (!store::is_run_directory(run)) throw Error(ErrorCode::bad_data, run.string() + " is not a run directory");
  std::vector<std::string> arguments = {"resume", run.string()};
  if (!device.empty()) arguments.insert(arguments.end(), {"--device", device});
  if (threads > 0) arguments.insert(arguments.end(), {"--threads", std::to_string(threads)});
  return start(engine, std::move(arguments), run, log.empty() ? default_log(run.parent_path(), run.filename().string()) : log);
}

}  // namespace geocyte::jobs
