// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/jobs/grid_runner.h"

#include <algorithm>
#include <chrono>
#include <csignal>
#include <optional>
#include <thread>

#include <fmt/format.h>

#include "engine/core/child_process.h"
#include "engine/core/error.h"
#include "engine/core/log.h"
#include "engine/core/text.h"
#include "engine/jobs/job_spec.h"
#include "engine/jobs/steer.h"
#include "engine/store/contract/safe_json.h"
#include "engine/store/contract/status.h"
#include "engine/store/run_layout.h"

namespace geocyte::jobs {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

constexpr auto kLook = std::chrono::milliseconds(100);
constexpr auto kTell = std::chrono::milliseconds(200);

double seconds_since(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

std::optional<store::Status> status_of(const fs::path& run) {
  try {
    return store::status_from_json(store::read_json_file(run / store::kStatusFile));
  } catch (const Error&) {
    return std::nullopt;
  }
}

/// The last line of the engine's output that says something.
std::string last_line_of(const fs::path& log) {
  std::string last;
  try {
    for (const std::string& line : split(store::read_plain_file(log, std::size_t{4} << 20), '\n'))
      if (!trim(line).empty()) last = trim(line);
  } catch (const Error&) {
  }
  return quoted(last, 300);
}

/// One run under way. Without a process it is an engine that outlived an earlier runner.
struct UnderWay {
  std::size_t index = 0;
  std::optional<ChildProcess> process;
  std::int64_t pid = 0;
  fs::path log;
  Clock::time_point start = Clock::now();
  double seconds_before = 0;
};

class Runner {
 public:
  Runner(const GridPlan& plan, std::vector<GridRun>& runs, const GridOptions& options) : plan_(plan), runs_(runs), options_(options) {}

  bool work() {
    for (GridRun& run : runs_)
      if (run.standing == RunStanding::running) adopt(run);
    while (!options_.stop.stop_requested()) {
      fill();
      if (under_way_.empty()) break;
      look();
      tell();
      std::this_thread::sleep_for(kLook);
    }
    if (!options_.stop.stop_requested()) return true;
    wind_up();
    return false;
  }

 private:
  void adopt(GridRun& run) {
    UnderWay one;
    one.index = static_cast<std::size_t>(&run - runs_.data());
    if (const auto status = status_of(run.folder)) one.pid = status->pid;
    one.seconds_before = run.seconds;
    under_way_.push_back(std::move(one));
  }
  void fill() {
    for (std::size_t i = 0; i < runs_.size() && static_cast<int>(under_way_.size()) < options_.jobs; ++i)
      if (runs_[i].standing == RunStanding::pending || runs_[i].standing == RunStanding::resumable) start(i);
  }
  void start(std::size_t index);
  void look();
  void end(UnderWay& one, int code);
  void tell();
  void wind_up();
  std::string name_of_run(const GridRun& run) const { return fmt::format("{}, seed {}", plan_.cells[run.plan.cell].name, run.plan.seed); }
  int threads() const {
    if (options_.threads >= 0) return options_.threads;
    return options_.jobs <= 1 ? -1 : std::max(1, static_cast<int>(std::thread::hardware_concurrency()) / options_.jobs);
  }

  const GridPlan& plan_;
  std::vector<GridRun>& runs_;
  const GridOptions& options_;
  std::vector<UnderWay> under_way_;
  std::vector<double> took_;             // seconds of runs that this runner saw from begin to end
  Clock::time_point told_ = Clock::now() - kTell;
};

/// What run.json says of the experiment.
Json experiment_of(const GridPlan& plan, const GridRun& run) {
  const Cell& cell = plan.cells[run.plan.cell];
  Json factors = Json::object();
  for (const auto& [factor, level] : cell.levels) factors[factor] = level;
  return {{"id", plan.grid.id}, {"factors", factors}, {"cell", cell.name}, {"seed", run.plan.seed}, {"baseline", cell.baseline}};
}

void Runner::start(std::size_t index) {
  GridRun& run = runs_[index];
  const Cell& cell = plan_.cells[run.plan.cell];
  ChildOptions child;
  child.program = options_.engine;
  child.environment = {{"OMP_WAIT_POLICY", "passive"}};
  const bool again = run.standing == RunStanding::resumable;
  if (again) {
    child.arguments = {"resume", run.folder.string()};
  } else {
    const std::string id = new_run_id(plan_.system->id, plan_.grid.id + "-s" + std::to_string(run.plan.seed), utc_now_ms());
    run.folder = options_.runs / id;
    child.arguments = {"train", "--preset", plan_.grid.base, "--runs", options_.runs.string(), "--run-id", id, "--name", cell.name, "--experiment", experiment_of(plan_, run).dump()};
    for (const std::string& assignment : cell.assignments) child.arguments.insert(child.arguments.end(), {"--set", assignment});
    child.arguments.insert(child.arguments.end(), {"--set", "seed=" + std::to_string(run.plan.seed)});
    // Pictures of the first, the best and the last step are enough for a run of many.
    for (const auto& parameter : plan_.system->parameters)
      if (parameter.path == "snapshot.max") child.arguments.insert(child.arguments.end(), {"--set", "snapshot.max=3"});
  }
  if (!options_.device.empty()) child.arguments.insert(child.arguments.end(), {"--device", options_.device});
  if (threads() >= 0) child.arguments.insert(child.arguments.end(), {"--threads", std::to_string(threads())});
  std::error_code problem;
  fs::create_directories(options_.runs / ".logs", problem);
  UnderWay one;
  one.index = index;
  one.log = options_.runs / ".logs" / (run.folder.filename().string() + ".txt");
  child.output_file = child.error_file = one.log;
  one.seconds_before = again ? run.seconds : 0;
  one.process.emplace(ChildProcess::spawn(child));
  one.pid = one.process->id().pid;
  run.standing = RunStanding::running;
  under_way_.push_back(std::move(one));
}

void Runner::look() {
  for (std::size_t i = 0; i < under_way_.size();) {
    UnderWay& one = under_way_[i];
    GridRun& run = runs_[one.index];
    // Before it is asked whether it ended: afterwards there is nothing to read.
    if (const auto peak = peak_memory(one.pid)) run.peak_bytes = std::max(run.peak_bytes, *peak);
    std::optional<int> code;
    if (one.process) {
      if (const auto exit = one.process->poll()) code = exit->code;
    } else if (!has_living_engine(run.folder)) {
      code = 0;
    }
    if (!code) {
      ++i;
      continue;
    }
    end(one, *code);
    under_way_.erase(under_way_.begin() + static_cast<std::ptrdiff_t>(i));
    if (options_.changed) options_.changed(runs_);
  }
}

void Runner::end(UnderWay& one, int code) {
  GridRun& run = runs_[one.index];
  run.seconds = one.seconds_before + seconds_since(one.start);
  const auto status = status_of(run.folder);
  if (status && status->state == store::RunState::completed) {
    run.standing = RunStanding::finished;
    run.rows = evaluation_rows(run.folder);
    if (one.process && one.seconds_before == 0) took_.push_back(run.seconds);
  } else if (status && status->state == store::RunState::stopped) {
    // Somebody stopped this one run by hand; a grid that is wound up counts it as resumable.
    const bool winding_up = options_.stop.stop_requested();
    run.standing = winding_up ? RunStanding::resumable : RunStanding::failed;
    if (!winding_up) run.reason = "stopped by hand at step " + std::to_string(status->step);
  } else {
    run.standing = RunStanding::failed;
    run.reason = status && status->error ? status->error->what : fmt::format("the engine ended with code {}: {}", code, last_line_of(one.log));
  }
}

void Runner::tell() {
  if (!options_.progress || Clock::now() - told_ < kTell) return;
  told_ = Clock::now();
  GridProgress progress;
  progress.total = runs_.size();
  for (const GridRun& run : runs_) {
    progress.done += run.standing == RunStanding::finished;
    progress.failed += run.standing == RunStanding::failed;
    progress.reused += run.reused;
  }
  double part = 0, spent = 0;
  for (const UnderWay& one : under_way_) {
    const GridRun& run = runs_[one.index];
    const auto status = status_of(run.folder);
    const double share = status && status->total_steps > 0 ? static_cast<double>(status->step) / static_cast<double>(status->total_steps) : 0;
    part += share;
    spent += seconds_since(one.start);
    if (!progress.now.empty()) progress.now += "; ";
    progress.now += name_of_run(run) + (status && status->total_steps > 0 ? fmt::format(", step {} of {}", status->step, status->total_steps) : std::string());
  }
  const double ended = static_cast<double>(progress.done + progress.failed);
  progress.fraction = progress.total > 0 ? (ended + part) / static_cast<double>(progress.total) : 1;
  double each = 0;
  for (const double seconds : took_) each += seconds / static_cast<double>(took_.size());
  if (each == 0 && part > 0.05) each = spent / part;   // nothing ended yet: as the running ones go
  if (each > 0) progress.eta_s = each * (static_cast<double>(progress.total) - ended - part) / std::max(1, options_.jobs);
  options_.progress(progress);
}

/// Asks what runs to stop and waits: each writes its checkpoint. Those that this runner did not start are left alone.
void Runner::wind_up() {
  for (UnderWay& one : under_way_)
    if (one.process) one.process->kill(SIGTERM);
  for (UnderWay& one : under_way_) {
    if (!one.process) continue;
    const auto exit = one.process->wait();
    end(one, exit ? exit->code : 0);
    GridRun& run = runs_[one.index];
    if (run.standing == RunStanding::failed && (!status_of(run.folder) || exit->code == 130)) {
      run.standing = RunStanding::pending;   // stopped before there was anything to keep
      run.reason.clear();
    }
  }
  under_way_.clear();
  if (options_.changed) options_.changed(runs_);
}

}  // namespace

bool run_grid(const GridPlan& plan, std::vector<GridRun>& runs, const GridOptions& options) { return Runner(plan, runs, options).work(); }

}  // namespace geocyte::jobs
