// SPDX-License-Identifier: GPL-3.0-or-later
// Starts geocyte-engine as a process of its own session, so that it outlives the window and the terminal.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "engine/jobs/job_spec.h"

namespace geocyte::jobs {

/// The engine beside the running program, then GEOCYTE_ENGINE, then on PATH. Throws Error{usage} saying where it looked.
std::filesystem::path find_engine();

struct Launched {
  std::int64_t pid = 0;
  std::filesystem::path run;               ///< where the run will appear
  std::filesystem::path log;               ///< what the engine prints goes there
};

/// Starts training in the background. A job without a run id gets one from `system` and its name. Throws Error{usage}
/// when the engine cannot be started, Error{storage} when the runs folder cannot be made.
Launched launch_training(const std::filesystem::path& engine, JobSpec job, const std::string& system,
                         const std::filesystem::path& log);

/// Goes on with a run that has no living engine, from its last good checkpoint.
Launched launch_resume(const std::filesystem::path& engine, const std::filesystem::path& run, const std::string& device,
                       int threads, const std::filesystem::path& log);

}  // namespace geocyte::jobs
