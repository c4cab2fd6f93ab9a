// SPDX-License-Identifier: GPL-3.0-or-later
// The life of a run through the real engine: train, look, pause, stop, kill, resume.
#include <gtest/gtest.h>

#include <csignal>
#include <cstdlib>

#include "engine/core/json.h"
#include "engine/store/run_reader.h"
#include "tests/support/bad_data.h"
#include "tests/support/run_engine.h"
#include "tests/support/run_watch.h"

namespace geocyte::test {
namespace {

class RunLife : public ::testing::Test {
 protected:
  void SetUp() override {
    const std::string a = write(small_dataset(120, 60, "gene", 1), folder_ / "a.h5ad"), b = write(small_dataset(90, 60, "gene", 2), folder_ / "b.h5ad");
    config_ = write_config(folder_ / "run.yaml", a, b, "checkpoint: {every: 50}\n");
  }
  std::string line(const std::string& id, const std::string& more = "") const {
    return "train --preset " + config_ + " --runs " + (folder_ / "runs").string() + " --run-id " + id + " --device cpu --threads 1 " + more;
  }
  /// Starts in the background; the run's folder.
  std::filesystem::path start(const std::string& id, const std::string& more) {
    const std::string command = "'" + engine_path() + "' " + line(id, more) + " >/dev/null 2>&1 &";
    EXPECT_EQ(std::system(command.c_str()), 0);
    return run(id);
  }
  std::filesystem::path run(const std::string& id) const { return folder_ / "runs" / id; }
  bool reaches(const std::filesystem::path& run, const std::string& state) {
    return eventually([&] { const Json s = status_of(run); return s.is_object() && s.value("state", "") == state; });
  }
  bool passes_step(const std::filesystem::path& run, std::int64_t step) {
    return eventually([&] { const Json s = status_of(run); return s.is_object() && s.value("step", std::int64_t{0}) >= step; });
  }
  TemporaryFolder folder_;
  std::string config_;
};

TEST_F(RunLife, ACompletedRunHasEverythingTheContractNames) {
  const Said said = run_engine(line("one"));
  ASSERT_EQ(said.exit_code, 0) << said.err;
  EXPECT_NE(said.err.find("step 1 of 20 · loss "), std::string::npos) << said.err;
  for (const char* nothing : {" 0 steps/s", "0.0 steps/s", " 0.0 s left"}) EXPECT_EQ(said.err.find(nothing), std::string::npos) << nothing << " says nothing: " << said.err;
  EXPECT_EQ(status_of(run("one")).value("state", ""), "completed");
  for (const char* name : {"run.json", "config.yaml", "status.json", "axes.h5", "events.jsonl", "log.txt", "snapshots", "checkpoints"})
    EXPECT_TRUE(std::filesystem::exists(run("one") / name)) << name;
}

TEST_F(RunLife, TheSameSeedGivesTheSameLosses) {
  ASSERT_EQ(run_engine(line("first")).exit_code, 0);
  ASSERT_EQ(run_engine(line("second")).exit_code, 0);
  const auto first = values_of(run("first"), "loss/total");
  EXPECT_EQ(first.size(), 20U);
  EXPECT_EQ(first, values_of(run("second"), "loss/total"));
}

TEST_F(RunLife, PauseStandsStillUnpauseGoesOnStopKeeps) {
  const auto here = start("p", "--set steps=200000");
  ASSERT_TRUE(passes_step(here, 5));
  EXPECT_EQ(run_engine("pause " + here.string()).exit_code, 0);
  ASSERT_TRUE(reaches(here, "paused"));
  const auto step = status_of(here).value("step", std::int64_t{0});
  EXPECT_EQ(run_engine("resume " + here.string()).exit_code, 0);
  ASSERT_TRUE(passes_step(here, step + 5));
  EXPECT_EQ(run_engine("stop " + here.string()).exit_code, 0);
  ASSERT_TRUE(reaches(here, "stopped"));
  EXPECT_GT(status_of(here).value("last_checkpoint", std::int64_t{-1}), 0);
}

TEST_F(RunLife, AKilledRunIsDerivedAsLostReopensAndResumes) {
  const auto here = start("k", "--set steps=400");
  ASSERT_TRUE(passes_step(here, 60));
  kill(static_cast<pid_t>(status_of(here).value("pid", 0)), SIGKILL);
  EXPECT_EQ(status_of(here).value("state", ""), "running") << "lost is never written";
  EXPECT_TRUE(eventually([&] {
    store::RunReader reader(here);
    reader.poll_status();
    return reader.health() == store::Health::lost;
  }));
  const Said resumed = run_engine("resume " + here.string());
  EXPECT_EQ(resumed.exit_code, 0) << resumed.err;
  EXPECT_EQ(status_of(here).value("state", ""), "completed");
  ASSERT_EQ(run_engine(line("whole", "--set steps=400")).exit_code, 0);
  const auto whole = values_of(run("whole"), "loss/total");
  EXPECT_EQ(whole.size(), 400U);
  EXPECT_EQ(values_of(here, "loss/total"), whole) << "resumed equals uninterrupted";
}

TEST_F(RunLife, KillsInARowLoseNothingThatWasSaved) {
  const int kills = std::getenv("GEOCYTE_LONG") ? 25 : 3;   // tests/run --long
  const std::string steps = "--set steps=" + std::to_string(100 * (kills + 1));
  const auto here = start("many", steps);
  pid_t killed = 0;
  for (int i = 1; i <= kills; ++i) {
    ASSERT_TRUE(eventually([&] {
      const Json s = status_of(here);
      return s.is_object() && s.value("pid", 0) != killed && s.value("step", 0) >= 100 * i - 13 * (i % 7);
    })) << "kill " << i;
    killed = static_cast<pid_t>(status_of(here).value("pid", 0));
    kill(killed, SIGKILL);
    const std::string command = "'" + engine_path() + "' resume " + here.string() + " >/dev/null 2>&1 " + (i < kills ? "&" : "");
    EXPECT_EQ(std::system(command.c_str()), 0);
  }
  EXPECT_EQ(status_of(here).value("state", ""), "completed");
  ASSERT_EQ(run_engine(line("whole", steps)).exit_code, 0);
  EXPECT_EQ(values_of(here, "loss/total"), values_of(run("whole"), "loss/total"));
}

TEST_F(RunLife, TwoEnginesNeverOwnOneRun) {
  const auto here = start("two", "--set steps=200000");
  ASSERT_TRUE(passes_step(here, 1));
  const Said second = run_engine(line("two"));
  EXPECT_NE(second.exit_code, 0);
  EXPECT_TRUE(is_one_sentence(second.err)) << second.err;
  EXPECT_EQ(run_engine("stop " + here.string()).exit_code, 0);
}

TEST_F(RunLife, AnInterruptLeavesACheckpoint) {
  const auto here = start("i", "--set steps=200000");
  ASSERT_TRUE(passes_step(here, 10));
  kill(static_cast<pid_t>(status_of(here).value("pid", 0)), SIGTERM);
  ASSERT_TRUE(reaches(here, "stopped"));
  EXPECT_GT(status_of(here).value("last_checkpoint", std::int64_t{-1}), 0);
}

TEST_F(RunLife, SixSourcesWithAllLossesStayBelowTwoGigabytes) {
  ASSERT_EQ(run_engine("train --preset gems/seed --set steps=3 --runs " + (folder_ / "runs").string() + " --run-id six --device cpu").exit_code, 0);
  EXPECT_LT(status_of(run("six"))["memory"]["rss"].get<double>(), 2e9);
}

TEST_F(RunLife, TheDataOfARunAreNamedWithTheirHash) {
  ASSERT_EQ(run_engine(line("facts")).exit_code, 0);
  const Json facts = Json::parse(slurp(run("facts") / "run.json"));
  ASSERT_EQ(facts["data"]["files"].size(), 2U);
  EXPECT_EQ(facts["data"]["cells"], 210);
  EXPECT_FALSE(facts["data"]["files"][0]["sampled"].get<std::string>().empty());
  EXPECT_TRUE(facts["device"].get<std::string>().starts_with("cpu"));
  EXPECT_FALSE(facts["libraries"]["hdf5"].get<std::string>().empty());
}

TEST_F(RunLife, ACompletedRunGetsMoreSteps) {
  ASSERT_EQ(run_engine(line("more", "--set steps=10")).exit_code, 0);
  EXPECT_EQ(run_engine("resume " + run("more").string()).exit_code, 2);
  const Said said = run_engine("resume " + run("more").string() + " --extend 5 --threads 1");
  EXPECT_EQ(said.exit_code, 0) << said.err;
  EXPECT_EQ(status_of(run("more")).value("step", 0), 15);
  EXPECT_EQ(status_of(run("more")).value("state", ""), "completed");
}

TEST_F(RunLife, ARunningRunIsProbedAndExtended) {
  const auto here = start("asked", "--set steps=200000");
  ASSERT_TRUE(passes_step(here, 5));
  const Said probed = run_engine("--json probe --run " + here.string() + " --arg rows=0");
  EXPECT_EQ(probed.exit_code, 0) << probed.err;
  EXPECT_TRUE(std::filesystem::exists(Json::parse(probed.out, nullptr, false).value("file", "")));
  EXPECT_EQ(run_engine("resume " + here.string() + " --extend 7").exit_code, 0);
  EXPECT_TRUE(eventually([&] { return status_of(here).value("total_steps", 0) == 200007; }));
  EXPECT_EQ(run_engine("stop " + here.string() + " --discard").exit_code, 0);
  EXPECT_TRUE(reaches(here, "discarded"));
}

TEST_F(RunLife, TheReportIsOnePageWithPictures) {
  ASSERT_EQ(run_engine(line("r")).exit_code, 0);
  const Said said = run_engine("report --run " + run("r").string() + " --out " + (folder_ / "report.html").string());
  ASSERT_EQ(said.exit_code, 0) << said.err;
  const std::string page = slurp(folder_ / "report.html");
  EXPECT_NE(page.find("<svg"), std::string::npos);
  EXPECT_NE(page.find("loss/total"), std::string::npos);
  EXPECT_EQ(page.find("<script"), std::string::npos);
}

}  // namespace
}  // namespace geocyte::test
