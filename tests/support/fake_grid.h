// SPDX-License-Identifier: GPL-3.0-or-later
// A grid without training: a plan of gems/demo with two factors, made-up runs and scores, and its table by the real writer.
#pragma once

#include <cmath>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "engine/core/atomic_file.h"
#include "engine/jobs/grid_plan.h"
#include "engine/jobs/grid_report.h"
#include "engine/jobs/grid_table.h"
#include "engine/store/contract/safe_json.h"
#include "tests/support/fake_run.h"

namespace geocyte::test {

class FakeGrid {
 public:
  /// `folder` gets ablation.json and runs/. Nothing has run yet.
  FakeGrid(std::filesystem::path folder, const std::vector<config::SystemSpec>& specs, int seeds = 2) : folder_(std::move(folder)) {
    plan_ = jobs::plan_grid(jobs::parse_grid("title: Which ingredient\nbase: gems/demo\nset: {steps: 400}\nfactors:\n  mmd: {path: loss.mmd.enabled, levels: {\"on\": {loss.mmd.enabled: true}, \"off\": {loss.mmd.enabled: false}}}\n"
                                             "  encoder.latent: [20, 8]\nplan: full\nseeds: " + std::to_string(seeds) + "\n", "which.yaml"), specs);
    for (const jobs::PlannedRun& planned : plan_.runs) {
      jobs::GridRun run;
      run.plan = planned;
      runs_.push_back(run);
    }
    std::filesystem::create_directories(folder_ / "runs");
  }

  std::filesystem::path file() const { return folder_ / jobs::kAblationFile; }
  std::filesystem::path runs_folder() const { return folder_ / "runs"; }
  const jobs::GridPlan& plan() const { return plan_; }
  std::vector<jobs::GridRun>& runs() { return runs_; }
  jobs::GridRun& at(std::size_t cell, std::size_t seed) {
    std::size_t seen = 0;
    for (jobs::GridRun& run : runs_)
      if (run.plan.cell == cell && seen++ == seed) return run;
    return runs_.front();
  }

  /// Makes the directory of a run with curves and snapshots; it is left in that state.
  std::unique_ptr<FakeRun> make_run(std::size_t cell, std::size_t seed, store::RunState state = store::RunState::completed) {
    jobs::GridRun& run = at(cell, seed);
    const jobs::Cell& of = plan_.cells[cell];
    const std::string id = "20260101-00000" + std::to_string(cell) + "-gems-which-s" + std::to_string(run.plan.seed) + "-000" + std::to_string(cell);
    Json factors = Json::object();
    for (const auto& [factor, level] : of.levels) factors[factor] = level;
    const Json about = {{"experiment", {{"id", plan_.grid.id}, {"factors", factors}, {"cell", of.name}, {"seed", run.plan.seed}, {"baseline", of.baseline}}}};
    auto made = std::make_unique<FakeRun>(runs_folder(), id, of.name, config::to_yaml(config::defaults(plan_.system->parameters)), about);
    made->say(store::RunState::running, 10, 400);
    made->train(0, 200);
    made->snapshot(10);
    made->snapshot(400);
    made->say(state, state == store::RunState::running ? 200 : 400, 400);
    made->writer().flush();
    run.folder = runs_folder() / id;
    return made;
  }
  /// With its scores: those of the second level of mmd are worse by .1, those of a smaller encoder hardly other.
  void finish(std::size_t cell, std::size_t seed) {
    make_run(cell, seed);
    jobs::GridRun& run = at(cell, seed);
    run.standing = jobs::RunStanding::finished;
    run.seconds = 12 + static_cast<double>(cell);
    const jobs::Choice& levels = plan_.cells[cell].levels;
    const double s = static_cast<double>(seed), off = levels.at("mmd") == "off" ? 1 : 0, small = levels.at("encoder.latent") == "8" ? 1 : 0;
    run.rows = {{"biology/cell_type_accuracy", "model", 0.8 + 0.01 * s - 0.1 * off - 0.001 * off * s + 0.02 * small * (s - 0.4), {}, {}, 0.25, 100},
                {"align/probe_auc", "model", 0.6 + 0.01 * s + 0.2 * off + 0.002 * s * off - 0.01 * small * (s - 0.5), {}, {}, 0.5, 100},
                {"biology/cell_type_accuracy", "pca", 0.7, {}, {}, 0.25, 100}};
  }
  void fail(std::size_t cell, std::size_t seed, const std::string& reason) {
    at(cell, seed).standing = jobs::RunStanding::failed;
    at(cell, seed).reason = reason;
  }
  void finish_all() {
    for (std::size_t cell = 0; cell < plan_.cells.size(); ++cell)
      for (std::size_t seed = 0; seed < runs_.size() / plan_.cells.size(); ++seed) finish(cell, seed);
  }
  /// As `geocyte-engine ablate` does after each run that ended.
  void write() const {
    Json all = jobs::to_json(plan_, runs_, jobs::make_table(plan_, runs_));
    all["code"] = {{"version", "0.1.0"}, {"commit", "abc"}};
    all["runs_folder"] = runs_folder().string();
    all["written"] = "2026-01-01T00:00:00Z";
    write_file_atomically(file(), store::print_json(all, 1) + "\n");
  }

 private:
  std::filesystem::path folder_;
  jobs::GridPlan plan_;
  std::vector<jobs::GridRun> runs_;
};

}  // namespace geocyte::test
