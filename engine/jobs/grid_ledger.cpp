// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/jobs/grid_ledger.h"

#include <algorithm>
#include <fstream>

#include "engine/config/presets.h"
#include "engine/core/atomic_file.h"
#include "engine/core/error.h"
#include "engine/core/text.h"
#include "engine/jobs/steer.h"
#include "engine/store/contract/safe_json.h"
#include "engine/store/contract/status.h"
#include "engine/store/run_health.h"
#include "engine/store/run_layout.h"
#include "engine/store/run_reader.h"

namespace geocyte::jobs {
namespace {

namespace fs = std::filesystem;

bool has_checkpoint(const fs::path& run) {
  std::error_code problem;
  for (const auto& entry : fs::directory_iterator(run / store::kCheckpointsFolder, problem))
    if (entry.is_directory(problem) && !entry.path().filename().string().starts_with('.')) return true;
  return false;
}

/// How it stands: a run without a living engine and without an end goes on from its checkpoint, or counts for nothing.
void judge(const store::RunFacts& facts, KnownRun& run) {
  std::optional<store::Status> status;
  try {
    status = store::status_from_json(store::read_json_file(run.folder / store::kStatusFile));
  } catch (const Error&) {
    return;
  }
  const std::int64_t last = store::utc_ms_of(status->heartbeat);
  if (last > 0 && facts.created_ms > 0) run.seconds = static_cast<double>(last - facts.created_ms) / 1000;
  if (status->state == store::RunState::completed) run.standing = RunStanding::finished;
  else if (status->state == store::RunState::failed) {
    run.standing = RunStanding::failed;
    run.reason = status->error ? status->error->what : status->message;
  } else if (status->state == store::RunState::discarded) run.standing = RunStanding::pending;
  else if (has_living_engine(run.folder)) run.standing = RunStanding::running;
  else if (has_checkpoint(run.folder)) run.standing = RunStanding::resumable;
}

/// The better, the larger.
int worth(const KnownRun& run) {
  switch (run.standing) {
    case RunStanding::finished: return 4;
    case RunStanding::running: return 3;
    case RunStanding::resumable: return 2;
    case RunStanding::failed: return 1;
    case RunStanding::pending: return 0;
  }
  return 0;
}

const Json* earlier_run(const Json& earlier, const std::string& hash) {
  const auto runs = earlier.is_object() ? earlier.find("runs") : earlier.end();
  if (!earlier.is_object() || runs == earlier.end() || !runs->is_array()) return nullptr;
  for (const Json& run : *runs)
    if (run.is_object() && run.contains("hash") && run["hash"] == hash) return &run;
  return nullptr;
}

double number_of(const Json& json, const char* key) {
  const auto found = json.find(key);
  return found != json.end() && found->is_number() ? found->get<double>() : 0;
}

}  // namespace

const char* name_of(RunStanding standing) {
  switch (standing) {
    case RunStanding::pending: return "pending";
    case RunStanding::running: return "running";
    case RunStanding::resumable: return "resumable";
    case RunStanding::finished: return "finished";
    case RunStanding::failed: return "failed";
  }
  return "pending";
}

std::string code_version(const Json& about) {
  const auto code = about.is_object() ? about.find("code") : about.end();
  if (!about.is_object() || code == about.end() || !code->is_object()) return "";
  const auto text = [&](const char* key) {
    const auto found = code->find(key);
    return found != code->end() && found->is_string() ? found->get<std::string>() : std::string();
  };
  return text("version") + " " + text("commit");
}

std::multimap<std::string, KnownRun> known_runs(const fs::path& runs) {
  std::multimap<std::string, KnownRun> known;
  std::error_code problem;
  for (const auto& entry : fs::directory_iterator(runs, problem)) {
    if (!store::is_run_directory(entry.path())) continue;
    try {
      const store::RunFacts facts = store::read_run_facts(entry.path());
      KnownRun run;
      run.folder = entry.path();
      run.version = code_version(facts.all);
      judge(facts, run);
      const std::string config = read_file(entry.path() / store::kConfigFile, 4'000'000);
      known.emplace(comparison_hash(config::parse_yaml(config, store::kConfigFile)), std::move(run));
    } catch (const Error&) {
      continue;   // damaged, or of a newer format: as if it were not there
    }
  }
  return known;
}

std::vector<GridRun> match_runs(const GridPlan& plan, const fs::path& runs, const std::string& version, bool any_version, bool retry_failed,
                                const Json& earlier) {
  const auto known = known_runs(runs);
  std::vector<GridRun> matched;
  for (const PlannedRun& planned : plan.runs) {
    GridRun run;
    run.plan = planned;
    const KnownRun* best = nullptr;
    const auto [begin, end] = known.equal_range(planned.hash);
    for (auto at = begin; at != end; ++at) {
      const KnownRun& one = at->second;
      if ((!any_version && one.version != version) || (retry_failed && one.standing == RunStanding::failed)) continue;
      if (worth(one) > (best ? worth(*best) : 0)) best = &one;
    }
    if (best) {
      run.standing = best->standing;
      run.folder = best->folder;
      run.reason = best->reason;
      run.seconds = best->seconds;
      if (const Json* before = earlier_run(earlier, planned.hash)) {
        if (const double seconds = number_of(*before, "seconds"); seconds > 0 && best->standing != RunStanding::running) run.seconds = seconds;
        run.peak_bytes = number_of(*before, "peak_bytes");
      }
      run.reused = run.standing == RunStanding::finished || run.standing == RunStanding::failed;
      if (run.standing == RunStanding::finished) run.rows = evaluation_rows(run.folder);
    }
    matched.push_back(std::move(run));
  }
  return matched;
}

std::optional<double> peak_memory(std::int64_t pid) {
  std::ifstream status("/proc/" + std::to_string(pid) + "/status");
  for (std::string line; std::getline(status, line);) {
    if (!line.starts_with("VmHWM:")) continue;
    std::string_view text = trim(std::string_view(line).substr(6));
    std::int64_t kilobytes = 0;
    if (text.ends_with("kB") && parse_integer(trim(text.substr(0, text.size() - 2)), kilobytes)) return 1024.0 * static_cast<double>(kilobytes);
  }
  return std::nullopt;
}

}  // namespace geocyte::jobs
