// SPDX-License-Identifier: GPL-3.0-or-later
// `ablate`: a grid of runs from a YAML file, each a process of its own; one table of what each ingredient changes.
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <map>
#include <memory>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "app/engine/about.h"
#include "app/engine/ablation_html.h"
#include "app/engine/command.h"
#include "app/engine/progress_bar.h"
#include "app/engine/signal_stop.h"
#include "engine/core/atomic_file.h"
#include "engine/core/error.h"
#include "engine/core/log.h"
#include "engine/core/text.h"
#include "engine/jobs/grid_effects.h"
#include "engine/jobs/grid_finding.h"
#include "engine/jobs/grid_runner.h"
#include "engine/jobs/grid_table.h"
#include "engine/jobs/launch.h"
#include "engine/store/contract/safe_json.h"
#include "plugins/registry.h"

namespace geocyte::app {
namespace {

namespace fs = std::filesystem;

struct AblateRequest {
  std::string grid, runs, out, device;
  int seeds = 0, jobs = 1, threads = -1;
  bool any_version = false, retry_failed = false, plan_only = false;
};

constexpr const char* kTableFile = "ablation.json";

Json earlier_of(const fs::path& out) {
  try {
    return store::read_json_file(out / kTableFile, std::size_t{256} << 20);
  } catch (const Error&) {
    return Json::object();   // none yet, or damaged: only times and memory come from it
  }
}

void make_folder(const fs::path& folder) {
  std::error_code problem;
  fs::create_directories(folder, problem);
  if (problem || !fs::is_directory(folder)) throw Error(ErrorCode::storage, "the folder " + folder.string() + " cannot be made", "choose another place");
}

void write_results(const fs::path& out, const jobs::GridPlan& plan, const std::vector<jobs::GridRun>& runs, const Json& facts) {
  const auto table = jobs::make_table(plan, runs);
  Json all = jobs::to_json(plan, runs, table);
  all.update(facts);
  all["written"] = utc_now_text();
  write_file_atomically(out / kTableFile, store::print_json(all, 1) + "\n");
  write_file_atomically(out / "table.csv", jobs::to_csv(plan, table));
  write_file_atomically(out / "rows.csv", jobs::rows_csv(plan, runs));
  write_file_atomically(out / "table.html", ablation_html(plan, runs, table, all));
}

std::string seeds_text(const jobs::GridPlan& plan) {
  std::vector<std::string> seeds;
  for (const auto& run : plan.runs)
    if (run.cell == 0) seeds.push_back(std::to_string(run.seed));
  return listed(seeds, 8);
}

int count(const std::vector<jobs::GridRun>& runs, jobs::RunStanding standing) {
  return static_cast<int>(std::count_if(runs.begin(), runs.end(), [&](const auto& run) { return run.standing == standing; }));
}

void print_plan(const jobs::GridPlan& plan, const std::vector<jobs::GridRun>& runs) {
  for (std::size_t c = 0; c < plan.cells.size(); ++c) {
    std::string standings;
    for (const auto& run : runs)
      if (run.plan.cell == c) standings += fmt::format("  {}:{}", run.plan.seed, jobs::name_of(run.standing));
    std::printf("%s%s%s\n", plan.cells[c].name.c_str(), plan.cells[c].baseline ? " (baseline)" : "", standings.c_str());
  }
}

/// Each reason once, with how many runs it stopped: a table of nothing but failures shall not have to be opened to learn why.
void say_failures(const std::vector<jobs::GridRun>& runs) {
  std::map<std::string, int> reasons;
  for (const auto& run : runs)
    if (run.standing == jobs::RunStanding::failed) ++reasons[run.reason];
  for (const auto& [reason, stopped] : reasons) std::fprintf(stderr, "ablate: %d of %zu runs failed: %s\n", stopped, runs.size(), reason.c_str());
  if (!reasons.empty()) std::fputs("ablate: --retry-failed tries them again\n", stderr);
}

/// What it comes to for the score that tells most.
void say_finding(const jobs::GridPlan& plan, const std::vector<jobs::GridRun>& runs) {
  const auto report = jobs::parse_grid_report(jobs::to_json(plan, runs, jobs::make_table(plan, runs)));
  if (report.table.metrics.empty()) return;
  const std::string metric = config::telling_first(plan.system->scores, report.table.metrics).front();
  const auto finding = jobs::finding_of(report, metric, config::find_score(plan.system->scores, metric));
  std::fprintf(stderr, "ablate: %s %s\n", finding.headline.c_str(), finding.evidence.c_str());
  const std::vector<std::string> effects = jobs::sure_effects(report, metric);
  if (!effects.empty()) std::fprintf(stderr, "ablate: over all settings of the other factors (intervals that leave out 0; one in twenty does by chance):\n");
  for (const std::string& effect : effects) std::fprintf(stderr, "  %s\n", effect.c_str());
}

int ablate(const AblateRequest& request, bool json) {
  const auto specs = plugins::all_specs();
  jobs::GridSpec grid = jobs::read_grid(request.grid);
  // A part of the configuration as in `train`: runs on another device have other last digits.
  if (!request.device.empty()) grid.set["device"] = request.device.substr(0, request.device.find(':'));
  const auto plan = jobs::plan_grid(grid, specs, request.seeds);
  const fs::path out = request.out.empty() ? fs::path(plan.grid.id + "-ablation") : fs::path(request.out);
  const fs::path runs_folder = fs::absolute(request.runs.empty() ? out / "runs" : fs::path(request.runs));
  const Json about = about_this_program();
  const std::string version = jobs::code_version(about);
  auto runs = jobs::match_runs(plan, runs_folder, version, request.any_version, request.retry_failed, earlier_of(out));
  if (request.plan_only) {
    print_plan(plan, runs);
    return 0;
  }
  make_folder(out);
  make_folder(runs_folder);
  std::fprintf(stderr, "%zu cells x %zu seeds (%s) = %zu runs: %d finished already, %d to resume, %d failed before\n", plan.cells.size(), plan.runs.size() / plan.cells.size(),
               seeds_text(plan).c_str(), runs.size(), count(runs, jobs::RunStanding::finished), count(runs, jobs::RunStanding::resumable), count(runs, jobs::RunStanding::failed));
  Json facts = {{"code", about.value("code", Json::object())}, {"host", about.value("host", Json::object())}, {"runs_folder", runs_folder.string()}, {"jobs", request.jobs}};
  const SignalStop signals;
  ProgressBar bar("ablate");
  jobs::GridOptions options;
  options.engine = jobs::find_engine();
  options.runs = runs_folder;
  options.version = version;
  options.jobs = request.jobs;
  options.device = request.device;
  options.threads = request.threads;
  options.stop = signals.token();
  options.progress = [&](const jobs::GridProgress& p) {
    bar.update(p.fraction, fmt::format("{} of {} runs{}{} · {}", p.done + p.failed, p.total, p.failed ? fmt::format(", {} failed", p.failed) : "", time_left(p.eta_s), p.now));
  };
  options.changed = [&](const std::vector<jobs::GridRun>& now) { write_results(out, plan, now, facts); };
  write_results(out, plan, runs, facts);   // the window shows what is planned while the first run goes on
  const bool whole = jobs::run_grid(plan, runs, options);
  write_results(out, plan, runs, facts);
  const int failed = count(runs, jobs::RunStanding::failed);
  bar.finish(whole ? fmt::format("{} runs, {} failed", runs.size(), failed) : fmt::format("stopped with {} of {} runs; the same command goes on", count(runs, jobs::RunStanding::finished), runs.size()));
  say_failures(runs);
  say_finding(plan, runs);
  if (json)
    std::printf("%s\n", Json{{"out", fs::absolute(out).string()}, {"runs", runs.size()}, {"finished", count(runs, jobs::RunStanding::finished)}, {"failed", failed}, {"complete", whole}}.dump().c_str());
  else
    for (const char* file : {kTableFile, "table.csv", "rows.csv", "table.html"}) std::printf("%s\n", (out / file).string().c_str());
  return whole ? 0 : static_cast<int>(ErrorCode::interrupted);
}

}  // namespace

void add_ablate(CLI::App& root, Session& session) {
  auto* command = root.add_subcommand("ablate", "run a grid of configurations over seeds and put them into one table");
  auto request = std::make_shared<AblateRequest>();
  command->add_option("--grid", request->grid, "YAML file: base, factors, plan, seeds; see resources/grids")->required();
  command->add_option("--seeds", request->seeds, "seeds of each cell (default: as the grid says, else 3)")->check(CLI::Range(1, 1000));
  command->add_option("--jobs", request->jobs, "runs at a time")->check(CLI::Range(1, 256));
  command->add_option("--runs", request->runs, "folder of the runs; finished runs in it are reused (default: OUT/runs)");
  command->add_option("--out", request->out, "folder of the table (default: <grid>-ablation)");
  command->add_option("--device", request->device, "auto, cpu, cuda or cuda:N");
  command->add_option("--threads", request->threads, "threads of a run (default: all, shared out over --jobs)")->check(CLI::Range(0, 1024));
  command->add_flag("--reuse-other-versions", request->any_version, "also reuse runs that another version of the code made");
  command->add_flag("--retry-failed", request->retry_failed, "try runs again that failed before");
  command->add_flag("--plan", request->plan_only, "print cells and what there is of them, and run nothing");
  command->callback([=, &session] {
    session.action = [=, &session] { return ablate(*request, session.json); };
  });
}

}  // namespace geocyte::app
