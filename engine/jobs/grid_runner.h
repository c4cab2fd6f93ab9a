// SPDX-License-Identifier: GPL-3.0-or-later
// Works through a grid: each run is the real engine as a process of its own, at most `jobs` at a time. A run that fails is
// noted and the next one starts. Whatever ends the runner (Ctrl+C, kill -9, a power cut), starting it again goes on: finished
// runs are taken as they are, stopped ones are resumed from their checkpoint, one that is still alive is waited for.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "engine/core/stop_token.h"
#include "engine/jobs/grid_ledger.h"

namespace geocyte::jobs {

struct GridProgress {
  std::size_t done = 0, failed = 0, reused = 0, total = 0;
  double fraction = 0;                   ///< runs under way count for the part of their steps
  double eta_s = -1;                     ///< -1 = unknown
  std::string now;                       ///< "encoder.latent=32, seed 8, step 120 of 300"
};

struct GridOptions {
  std::filesystem::path engine, runs;    ///< geocyte-engine; the folder of runs
  std::string version;                   ///< of the code, as code_version() writes it
  int jobs = 1;
  std::string device;                    ///< "" = as the configuration says
  int threads = -1;                      ///< of a run; -1 = all cores shared out over the jobs
  StopToken stop;
  std::function<void(const GridProgress&)> progress;                    ///< about five times a second
  std::function<void(const std::vector<GridRun>&)> changed;             ///< after each run that ended
};

/// Works through `runs` in their order and brings them up to date. True when all ended; false when it was stopped: runs under way
/// were asked to stop, wrote their checkpoint, and are resumable. Throws what launching throws.
bool run_grid(const GridPlan& plan, std::vector<GridRun>& runs, const GridOptions& options);

}  // namespace geocyte::jobs
