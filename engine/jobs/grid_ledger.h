// SPDX-License-Identifier: GPL-3.0-or-later
// What is known of the runs of a grid: which exist already, how they ended, what they took.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "engine/jobs/evaluation_rows.h"
#include "engine/jobs/grid_plan.h"

namespace geocyte::jobs {

enum class RunStanding { pending, running, resumable, finished, failed };
const char* name_of(RunStanding standing);

/// A planned run with what became of it.
struct GridRun {
  PlannedRun plan;
  RunStanding standing = RunStanding::pending;
  std::filesystem::path folder;          ///< empty = none yet
  bool reused = false;                   ///< it was finished before this grid asked for it
  std::string reason;                    ///< why it failed, one sentence
  double seconds = 0;                    ///< wall time of its engine; 0 = unknown
  double peak_bytes = 0;                 ///< largest resident memory; 0 = unknown
  std::vector<EvaluationRow> rows;       ///< of a finished one
};

/// Runs below a folder by comparison hash (seed included), with what decides whether they can be taken.
struct KnownRun {
  std::filesystem::path folder;
  std::string version;                   ///< of the code: "0.1.0 1794eb3"
  RunStanding standing = RunStanding::pending;
  std::string reason;
  double seconds = 0;                    ///< from its making to its last heartbeat
};
std::multimap<std::string, KnownRun> known_runs(const std::filesystem::path& runs);

/// "0.1.0 1794eb3" out of what run.json says in "code".
std::string code_version(const Json& about);

/// Finds for each planned run the best that exists: finished, running, resumable, failed. Other versions of the code count only
/// when `any_version`; a failed one counts unless `retry_failed`. Time and memory are taken from `earlier`, the last ablation.json.
std::vector<GridRun> match_runs(const GridPlan& plan, const std::filesystem::path& runs, const std::string& version, bool any_version,
                                bool retry_failed, const Json& earlier);

/// Largest resident memory of a living process so far (VmHWM); nothing when it is gone.
std::optional<double> peak_memory(std::int64_t pid);

}  // namespace geocyte::jobs
