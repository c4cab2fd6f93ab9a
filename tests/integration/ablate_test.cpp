// SPDX-License-Identifier: GPL-3.0-or-later
// Grids through the real engine: the table, reuse, a failed cell, Ctrl+C and kill -9, and the diagnosis before training.
#include <gtest/gtest.h>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <functional>
#include <set>
#include <thread>

#include "engine/core/json.h"
#include "tests/support/bad_data.h"
#include "tests/support/run_engine.h"

namespace geocyte::test {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

bool eventually(const std::function<bool()>& holds) {
  for (int i = 0; i < 3000; ++i) {
    if (holds()) return true;
    std::this_thread::sleep_for(20ms);
  }
  return false;
}

class Ablate : public ::testing::Test {
 protected:
  void SetUp() override {
    const std::string a = write(small_dataset(120, 60, "gene", 1), folder_ / "a.h5ad"), b = write(small_dataset(90, 60, "gene", 2), folder_ / "b.h5ad");
    config_ = write_config(folder_ / "run.yaml", a, b, "");
  }
  std::string grid(const std::string& text) {
    const fs::path path = folder_ / "grid.yaml";
    std::ofstream(path) << "base: run.yaml\n" << text;
    return path.string();
  }
  std::string line(const std::string& grid, const std::string& more = "") const { return "ablate --grid " + grid + " --out " + out().string() + " --device cpu --threads 1 " + more; }
  fs::path out() const { return folder_ / "out"; }
  Json table() const { return Json::parse(slurp(out() / "ablation.json"), nullptr, false); }
  int in_state(const std::string& state) const {
    const Json json = table();
    int count = 0;
    if (json.is_object())
      for (const Json& run : json["runs"]) count += run["state"] == state;
    return count;
  }
  std::set<std::string> run_folders() const {
    std::set<std::string> names;
    std::error_code none;
    for (const auto& entry : fs::directory_iterator(out() / "runs", none))
      if (fs::exists(entry.path() / "run.json")) names.insert(entry.path().filename().string());
    return names;
  }
  TemporaryFolder folder_;
  std::string config_;
};

TEST_F(Ablate, MakesOneTableAndReusesWhatIsFinished) {
  const std::string file = grid("factors: {encoder.latent: [4, 8]}\nset: {steps: 12}\nseeds: 2\n");
  const Said said = run_engine(line(file));
  ASSERT_EQ(said.exit_code, 0) << said.err;
  const Json json = table();
  ASSERT_TRUE(json.is_object());
  EXPECT_EQ(in_state("finished"), 4);
  EXPECT_EQ(json["table"][0]["baseline"], true);
  EXPECT_EQ(json["table"][1]["finished"], 2);
  bool tool = false, difference = false;
  for (const Json& row : json["table"]) {
    tool = tool || row["kind"] == "tool";
    for (const auto& [metric, value] : row["metrics"].items()) difference = difference || (value["difference"].is_object() && value["difference"]["n"] == 2 && value["difference"]["low"].is_number());
  }
  EXPECT_TRUE(tool) << "the plain tools of the evaluation stand beside the cells";
  EXPECT_TRUE(difference);
  EXPECT_GT(json["runs"][0]["seconds"].get<double>(), 0);
  EXPECT_GT(json["runs"][0]["peak_bytes"].get<double>(), 1e6);
  EXPECT_NE(slurp(out() / "table.html").find("encoder.latent=8"), std::string::npos);
  EXPECT_NE(slurp(out() / "table.csv").find("paired t"), std::string::npos);
  EXPECT_TRUE(json["runs"][0]["values"].is_object() && !json["runs"][0]["values"].empty()) << "the scores of each seed";
  EXPECT_NE(said.err.find("1 change was compared"), std::string::npos) << said.err;

  const auto folders = run_folders();
  const Json run = Json::parse(slurp(out() / "runs" / *folders.begin() / "run.json"));
  EXPECT_EQ(run["experiment"]["id"], "grid");
  EXPECT_TRUE(run["experiment"]["factors"].contains("encoder.latent"));
  std::size_t snapshots = 0;
  for (const auto& entry : fs::directory_iterator(out() / "runs" / *folders.begin() / "snapshots")) snapshots += entry.path().filename().string().find('.') == entry.path().filename().string().rfind('.');
  EXPECT_LE(snapshots, 3U) << "first, best, last";

  const Said again = run_engine(line(grid("factors: {encoder.latent: [4, 8, 6]}\nset: {steps: 12}\nseeds: 2\n")));
  ASSERT_EQ(again.exit_code, 0) << again.err;
  EXPECT_NE(again.err.find("4 finished already"), std::string::npos) << again.err;
  EXPECT_EQ(run_folders().size(), 6U) << "only the new cell was run";
  EXPECT_EQ(in_state("finished"), 6);
}

TEST_F(Ablate, AFailedCellIsARowWithItsReasonAndTheOthersGoOn) {
  const std::string file = grid("factors: {data_folder: ['', /nowhere/at/all], encoder.latent: [4, 8]}\nplan: one_at_a_time\nset: {steps: 8}\nseeds: 1\n");
  const Said said = run_engine(line(file));
  ASSERT_EQ(said.exit_code, 0) << said.err;
  EXPECT_EQ(in_state("finished"), 2);
  EXPECT_EQ(in_state("failed"), 1);
  EXPECT_NE(said.err.find("1 of 3 runs failed: "), std::string::npos) << said.err;
  EXPECT_NE(said.err.find("/nowhere/at/all does not exist"), std::string::npos) << said.err;
  const Json json = table();
  for (const Json& row : json["table"])
    if (row["failed"] == 1) EXPECT_NE(row["reasons"][0].get<std::string>().find("/nowhere/at/all"), std::string::npos) << row.dump(1);
  EXPECT_NE(slurp(out() / "table.csv").find("/nowhere/at/all does not exist"), std::string::npos);
  EXPECT_EQ(run_engine(line(file)).exit_code, 0);
  EXPECT_EQ(in_state("failed"), 1) << "it is not tried again by itself";
}

TEST_F(Ablate, CtrlCLeavesEverythingResumable) {
  const std::string file = grid("factors: {encoder.latent: [4, 8]}\nset: {steps: 1500, checkpoint.every: 50}\nseeds: 1\n");
  const std::string command = "'" + engine_path() + "' " + line(file) + " >/dev/null 2>&1 & echo $! > " + (folder_ / "pid").string();
  ASSERT_EQ(std::system(command.c_str()), 0);
  ASSERT_TRUE(eventually([&] {
    for (const auto& name : run_folders()) {
      const Json status = Json::parse(slurp(out() / "runs" / name / "status.json"), nullptr, false);
      if (status.is_object() && status.value("step", 0) >= 100) return true;
    }
    return false;
  }));
  kill(static_cast<pid_t>(std::stoi(slurp(folder_ / "pid"))), SIGINT);
  ASSERT_TRUE(eventually([&] { return in_state("resumable") == 1; }));
  const auto first = run_folders();
  const Said said = run_engine(line(file));
  ASSERT_EQ(said.exit_code, 0) << said.err;
  EXPECT_NE(said.err.find("1 to resume"), std::string::npos) << said.err;
  EXPECT_EQ(in_state("finished"), 2);
  EXPECT_EQ(run_folders().size(), 2U) << "the stopped run went on, it was not made anew";
  EXPECT_TRUE(run_folders().contains(*first.begin()));
}

TEST_F(Ablate, ARunnerThatWasKilledGoesOnWithTheRunThatOutlivedIt) {
  const std::string file = grid("factors: {encoder.latent: [4, 8]}\nset: {steps: 600}\nseeds: 1\n");
  const std::string command = "'" + engine_path() + "' " + line(file) + " >/dev/null 2>&1 & echo $! > " + (folder_ / "pid").string();
  ASSERT_EQ(std::system(command.c_str()), 0);
  ASSERT_TRUE(eventually([&] { return !run_folders().empty(); }));
  kill(static_cast<pid_t>(std::stoi(slurp(folder_ / "pid"))), SIGKILL);
  const Said said = run_engine(line(file));
  ASSERT_EQ(said.exit_code, 0) << said.err;
  EXPECT_EQ(in_state("finished"), 2);
  EXPECT_EQ(run_folders().size(), 2U);
}

TEST_F(Ablate, CompareShowsOnlyWhatDiffers) {
  ASSERT_EQ(run_engine(line(grid("factors: {encoder.latent: [4, 8]}\nset: {steps: 8}\nseeds: 1\n"))).exit_code, 0);
  const auto folders = run_folders();
  ASSERT_EQ(folders.size(), 2U);
  const Said said = run_engine("compare " + (out() / "runs" / *folders.begin()).string() + " " + (out() / "runs" / *folders.rbegin()).string() + " --json");
  ASSERT_EQ(said.exit_code, 0) << said.err;
  const Json json = Json::parse(said.out);
  ASSERT_EQ(json["options"].size(), 1U) << json.dump(1);
  EXPECT_EQ(json["options"][0]["path"], "encoder.latent");
  EXPECT_FALSE(json["numbers"].empty());
}

TEST_F(Ablate, ARunIsDiagnosedBeforeItTrains) {
  const Said said = run_engine("train --preset " + config_ + " --runs " + (folder_ / "runs").string() + " --run-id d --device cpu --threads 1");
  ASSERT_EQ(said.exit_code, 0) << said.err;
  const Json json = Json::parse(slurp(folder_ / "runs" / "d" / "evaluation" / "diagnosis.json"));
  EXPECT_EQ(json["kind"], "data");
  EXPECT_EQ(json["sources"].size(), 2U);
  EXPECT_NE(slurp(folder_ / "runs" / "d" / "events.jsonl").find("diagnosis/sources"), std::string::npos);
}

TEST_F(Ablate, DiagnoseReadsAPastedMatrix) {
  std::ofstream(folder_ / "m.txt") << "x P2_ST1 P2_SC P10_SC\nP2_ST1 0 2.5 .6\nP2_SC 2.5 0 2.1\nP10_SC .6 2.1 0\n";
  const Said said = run_engine("diagnose --matrix - --json --out " + (folder_ / "d.html").string() + " < " + (folder_ / "m.txt").string());
  ASSERT_EQ(said.exit_code, 0) << said.err;
  EXPECT_EQ(Json::parse(said.out)["outliers"], Json::array({"P2_SC"}));
  EXPECT_NE(slurp(folder_ / "d.html").find("P2_SC is the outlier source."), std::string::npos);
  EXPECT_EQ(run_engine("diagnose").exit_code, 2);
  EXPECT_TRUE(is_one_sentence(run_engine("diagnose --matrix " + config_).err));
}

}  // namespace
}  // namespace geocyte::test
