// SPDX-License-Identifier: GPL-3.0-or-later
// Starts geocyte-engine in a process group of its own, so that it outlives the window and the terminal.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

#include "engine/core/child_process.h"
#include "engine/jobs/job_spec.h"

namespace geocyte::jobs {

/// The engine beside the running program, then $GEOCYTE_ENGINE, then on PATH. Throws Error{usage} saying where it looked.
std::filesystem::path find_engine();

struct Launched {
  std::int64_t pid = 0;
  std::shared_ptr<ChildProcess> process;   ///< may be dropped: that never ends it; keep it to learn of an early exit
  std::filesystem::path run;               ///< where the run will appear
  std::filesystem::path log;               ///< what the engine prints goes there
};

/// Starts training in the background. A job without a run id gets one from `system` and its name. `log` empty =
/// <runs>/.logs/<run id>.txt. Throws Error{bad_config} for a run id that is no plain folder name, Error{storage} when the runs folder
/// cannot be made, Error{internal} when the engine cannot be executed.
Launched launch_training(const std::filesystem::path& engine, JobSpec job, const std::string& system,
                         const std::filesystem::path& log = {});

/// Goes on with a run that has no living engine, from its last good checkpoint. Throws Error{bad_data} when `run` is none.
Launched launch_resume(const std::filesystem::path& engine, const std::filesystem::path& run, const std::string& device, int threads,
                       const std::filesystem::path& log = {});

}  // namespace geocyte::jobs
