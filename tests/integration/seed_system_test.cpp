// SPDX-License-Identifier: GPL-3.0-or-later
// The seed's own system through the real engine: it trains, is stopped and resumed to the same numbers, and reports its skill beside plain methods.
#include <gtest/gtest.h>

#include <chrono>
#include <cmath>
#include <csignal>
#include <cstdlib>
#include <map>
#include <set>
#include <thread>

#include "engine/core/json.h"
#include "engine/hdf5/h5ad_reader.h"
#include "engine/store/run_reader.h"
#include "tests/support/bad_data.h"
#include "tests/support/run_engine.h"
#include "tests/support/slides.h"

namespace geocyte::test {
namespace {

std::string slide(std::int64_t cells, std::uint64_t seed, const std::filesystem::path& path) { return write(test::slide(cells, 30, seed), path); }

/// The total loss by step, as a reader who comes later sees it.
std::map<std::int64_t, double> totals_of(const std::filesystem::path& run) {
  store::RunReader reader(run);
  std::map<std::int64_t, double> by_step;
  for (bool more = true; more;) {
    const auto update = reader.poll_scalars();
    if (update.superseded_from) by_step.erase(by_step.lower_bound(*update.superseded_from), by_step.end());
    if (const auto found = update.points.find("loss/total"); found != update.points.end())
      for (const auto& point : found->second) by_step[point.step] = point.value;
    more = update.more;
  }
  return by_step;
}

TEST(SeedSystem, TrainsResumesToTheSameNumbersAndReportsItsSkill) {
  TemporaryFolder folder;
  const std::string a = slide(90, 1, folder / "a.h5ad"), b = slide(80, 2, folder / "b.h5ad"), c = slide(70, 3, folder / "c.h5ad");
  std::ofstream(folder / "run.yaml") << "system: st_edm\nparent: st_edm/seed\ntitle: three small slides\ndata_folder: ''\nsteps: 120\nbatch_size: 32\ngenes: 0\ninput: {components: 8}\n"
                                     << "edm: {width: 4, points: 8, latent: 8, sets: 2, check_every: 4}\ncheckpoint: {every: 8}\nvalidate: {every: 8}\nheld_out: {sources: [c], fraction: 0.2}\n"
                                     << "sources:\n  - {name: a, file: '" << a << "', modality: st}\n  - {name: b, file: '" << b << "', modality: st}\n  - {name: c, file: '" << c
                                     << "', modality: st}\n";
  const auto line = [&](const std::string& id) {
    return "train --preset " + (folder / "run.yaml").string() + " --runs " + (folder / "runs").string() + " --run-id " + id + " --device cpu --threads 1";
  };
  const Said whole = run_engine(line("whole"));
  ASSERT_EQ(whole.exit_code, 0) << whole.err;
  const auto run = folder / "runs" / "whole";
  const Json evaluation = Json::parse(slurp(run / "evaluation" / "00000120.json"));
  std::set<std::string> metrics, methods, verdicts;
  for (const Json& row : evaluation["rows"]) {
    metrics.insert(row["metric"].get<std::string>());
    methods.insert(row["method"].get<std::string>());
  }
  for (const Json& verdict : evaluation["verdicts"]) verdicts.insert(verdict["id"].get<std::string>());
  for (const char* metric : {"skill/ratio at 0.1 sigma_data", "skill/ratio at 2.4 sigma_data", "skill/ratio_all_axes at 2.4 sigma_data", "skill/gain_row_spearman at 1.2 sigma_data",
                             "skill/open_loop_recall", "conditioning/difference", "curriculum/phase", "tissue/row_spearman"})
    EXPECT_TRUE(metrics.contains(metric)) << metric;
  for (const char* method : {"model", "generator", "refined", "umap", "distance net", "kernel ridge"}) EXPECT_TRUE(methods.contains(method)) << method;
  for (const char* verdict : {"tissue/evaluation", "skill/acceptance", "skill/refiner", "skill/conditioning"}) EXPECT_TRUE(verdicts.contains(verdict)) << verdict;

  // A slide of the run, as new cells: as the run shows it, and turned as its first slide lies.
  const Said placed = run_engine("apply --threads 1 --run " + run.string() + " --step 120 --data " + c + " --out " + (folder / "c_placed.h5ad").string());
  ASSERT_EQ(placed.exit_code, 0) << placed.err;
  ASSERT_EQ(run_engine("apply --threads 1 --run " + run.string() + " --step 120 --data " + a + " --out " + (folder / "a_placed.h5ad").string()).exit_code, 0);
  ASSERT_EQ(run_engine("export --run " + run.string() + " --out " + (folder / "shown.h5ad").string()).exit_code, 0);
  const auto read = [&](const char* name) { return hdf5::read_h5ad((folder / name).string(), {.expression = false}); };
  const data::Dataset made = read("c_placed.h5ad"), first = read("a_placed.h5ad");
  const data::DenseMatrix &ours = made.obsm.at("X_st_edm"), theirs = read("shown.h5ad").obsm.at("X_predicted");
  for (std::int64_t i = 1; i < 70; ++i) {
    const auto p = ours.row(0), q = ours.row(i), s = theirs.row(170), t = theirs.row(170 + i);
    EXPECT_NEAR(std::hypot(p[0] - q[0], p[1] - q[1]), std::hypot(s[0] - t[0], s[1] - t[1]), 1e-3) << i;
  }
  const auto *uncertainty = made.obs.find("uncertainty"), *off = made.obs.find("off_tissue");
  ASSERT_TRUE(uncertainty && off);
  for (std::size_t i = 0; i < 70; ++i) EXPECT_TRUE(uncertainty->numbers[i] > 0 && off->numbers[i] > 0);
  EXPECT_NE(made.uns.at("geocyte/uncertainty").find("not calibrated"), std::string::npos);
  double along = 0;   // of the first slide with its true places: not turned away from them
  const data::DenseMatrix &of_first = first.obsm.at("X_st_edm"), &truth = first.obsm.at("spatial");
  double mean[2] = {0, 0};
  for (std::int64_t i = 0; i < 90; ++i) mean[0] += truth.row(i)[0] / 90, mean[1] += truth.row(i)[1] / 90;
  for (std::int64_t i = 0; i < 90; ++i) along += of_first.row(i)[0] * (truth.row(i)[0] - mean[0]) + of_first.row(i)[1] * (truth.row(i)[1] - mean[1]);
  EXPECT_GT(along, 0);

  // Killed on the way, then resumed.
  const auto killed = folder / "runs" / "killed";
  const std::string background = "'" + engine_path() + "' " + line("killed") + " >/dev/null 2>&1 &";
  ASSERT_EQ(std::system(background.c_str()), 0);
  const auto step = [&] {
    const Json status = Json::parse(slurp(killed / "status.json"), nullptr, false);
    return status.is_object() ? status.value("step", std::int64_t{0}) : 0;
  };
  for (int i = 0; i < 3000 && step() < 20; ++i) std::this_thread::sleep_for(std::chrono::milliseconds(10));
  ASSERT_GE(step(), 20);
  kill(static_cast<pid_t>(Json::parse(slurp(killed / "status.json")).value("pid", 0)), SIGKILL);
  const Said resumed = run_engine("resume " + killed.string());
  ASSERT_EQ(resumed.exit_code, 0) << resumed.err;
  const auto want = totals_of(run), got = totals_of(killed);
  EXPECT_EQ(want.size(), 120U);
  EXPECT_EQ(got, want) << "resumed equals uninterrupted";
}

TEST(SeedSystem, DescribeSaysWhatActsOnlyWithIt) {
  const Said text = run_engine("describe st_edm"), table = run_engine("describe st_edm --markdown"), json = run_engine("--json describe st_edm");
  for (const Said* said : {&text, &table}) {
    ASSERT_EQ(said->exit_code, 0) << said->err;
    EXPECT_NE(said->out.find("Acts only where model.kind is seed."), std::string::npos);
    EXPECT_NE(said->out.find("Acts only where model.kind is recommended."), std::string::npos);
  }
  int conditions = 0;
  const Json spec = Json::parse(json.out);
  for (const Json& parameter : spec["parameters"]) conditions += parameter.contains("only_with");
  EXPECT_GT(conditions, 10);
}

}  // namespace
}  // namespace geocyte::test
