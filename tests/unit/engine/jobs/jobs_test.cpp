// SPDX-License-Identifier: GPL-3.0-or-later
// Job specs, starting a process in the background, and orders to it. A shell script and a run writer of this process stand
// in for the engine.
#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <future>
#include <set>

#include <gtest/gtest.h>
#include <unistd.h>

#include "engine/core/atomic_file.h"
#include "engine/core/error.h"
#include "engine/jobs/job_spec.h"
#include "engine/jobs/launch.h"
#include "engine/jobs/steer.h"
#include "engine/store/contract/safe_json.h"
#include "engine/store/run_layout.h"
#include "engine/store/run_writer.h"

namespace geocyte::jobs {
namespace {

namespace fs = std::filesystem;
using std::chrono::milliseconds;

class Jobs : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = testing::TempDir() + "/jobs-XXXXXX";
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
    run_ = folder_ / "runs" / "r1";
  }
  void TearDown() override { fs::remove_all(folder_); }

  fs::path script(const std::string& body) {
    const fs::path path = folder_ / "geocyte-engine";
    std::ofstream(path) << "#!/bin/sh\n" << body;
    fs::permissions(path, fs::perms::owner_all);
    return path;
  }
  std::unique_ptr<store::RunWriter> engine_here() {
    store::RunStart start;
    start.id = "r1";
    start.system = "gems";
    auto writer = store::RunWriter::create(run_, start);
    store::Status status;
    status.state = store::RunState::running;
    writer->status(status);
    writer->flush();
    return writer;
  }

  fs::path folder_, run_;
};

TEST(JobSpec, BecomesTheCommandLineOfTheEngine) {
  const JobSpec job{"gems/demo", {{"loss.vicreg.weight", "2"}, {"name with", "[1, 2]"}}, "runs", "r1", "my run", "cpu", 3};
  EXPECT_EQ(training_arguments(job),
            (std::vector<std::string>{"train", "--preset", "gems/demo", "--runs", "runs", "--run-id", "r1", "--name", "my run", "--set",
                                      "loss.vicreg.weight=2", "--set", "name with=[1, 2]", "--device", "cpu", "--threads", "3"}));
  EXPECT_EQ(training_arguments({.preset = "p", .runs = "r"}),
            (std::vector<std::string>{"train", "--preset", "p", "--runs", "r", "--device", "auto"}));
}

TEST(RunId, SaysTimeSystemAndName) {
  const std::string id = new_run_id("gems", "Breast, 5 sources!", 1'795'270'530'123);
  EXPECT_EQ(id.substr(0, id.size() - 4), "20261121-141530-gems-Breast-5-sources-");
  EXPECT_EQ(id.find_first_not_of("0123456789abcdef", id.size() - 4), std::string::npos);
  EXPECT_TRUE(is_run_id(id));
}

TEST(RunId, IsAFolderNameWhateverTheNameIs) {
  for (const std::string& name : {std::string(), std::string("../../etc"), std::string(500, 'x'), std::string("\xC3\xA9\n/"), std::string("---")}) {
    const std::string id = new_run_id("gems", name, 0);
    EXPECT_TRUE(is_run_id(id)) << id;
    EXPECT_LT(id.size(), 100u);
  }
  EXPECT_THROW(new_run_id("../gems", "a", 0), Error);
  EXPECT_THROW(new_run_id("", "a", 0), Error);
}

TEST(RunId, IsNotGivenTwice) {
  std::set<std::string> ids;
  for (int i = 0; i < 20; ++i) ids.insert(new_run_id("gems", "a", 0));
  EXPECT_GT(ids.size(), 15u);
}

TEST(RunId, LeavesNoWayOut) {
  for (const char* bad : {"", ".", "..", "../a", "a/b", "-a", ".hidden", "a b", "a\n"}) EXPECT_FALSE(is_run_id(bad)) << bad;
}

TEST_F(Jobs, TrainingIsStartedInAProcessGroupOfItsOwnWithItsOutputInALog) {
  const fs::path engine = script("echo \"$@\"\ncut -d' ' -f5 /proc/$$/stat\necho pid $$\necho oops >&2\nexit 4\n");
  Launched launched = launch_training(engine, {.preset = "gems/demo", .runs = folder_ / "runs", .name = "a b"}, "gems");
  const auto exit = launched.process->wait(60);
  ASSERT_TRUE(exit);
  EXPECT_EQ(exit->code, 4);
  EXPECT_EQ(launched.pid, launched.process->id().pid);
  EXPECT_EQ(launched.run.parent_path(), folder_ / "runs");
  EXPECT_TRUE(is_run_id(launched.run.filename().string()));
  const std::string log = read_file(launched.log);
  EXPECT_NE(log.find("train --preset gems/demo --runs " + (folder_ / "runs").string()), std::string::npos) << log;
  EXPECT_NE(log.find("--run-id " + launched.run.filename().string()), std::string::npos) << log;
  EXPECT_NE(log.find("oops"), std::string::npos);
  const std::string pid = std::to_string(launched.pid);
  EXPECT_NE(log.find("\n" + pid + "\n"), std::string::npos) << "leads its own process group: " << log;
  EXPECT_NE(log.find("pid " + pid + "\n"), std::string::npos) << log;
}

TEST_F(Jobs, WhatCannotBeStartedIsOneSentence) {
  EXPECT_THROW(launch_training(folder_ / "absent", {.preset = "p", .runs = folder_ / "runs"}, "gems"), Error);
  const fs::path engine = script("exit 0\n");
  EXPECT_THROW(launch_training(engine, {.preset = "p", .runs = folder_ / "runs", .run_id = "../out"}, "gems"), Error);
  std::ofstream(folder_ / "file") << "x";
  try {
    launch_training(engine, {.preset = "p", .runs = folder_ / "file" / "runs"}, "gems");
    ADD_FAILURE() << "made a folder below a file";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::storage);
  }
  EXPECT_THROW(launch_resume(engine, folder_ / "no_run", "", 0), Error);
}

TEST_F(Jobs, TheEngineIsFoundByItsVariable) {
  const fs::path engine = script("exit 0\n");
  setenv("GEOCYTE_ENGINE", engine.c_str(), 1);
  const fs::path found = find_engine();
  unsetenv("GEOCYTE_ENGINE");
  EXPECT_TRUE(found == engine || found == fs::read_symlink("/proc/self/exe").parent_path() / "geocyte-engine") << found;
}

TEST_F(Jobs, AnOrderIsAnsweredByALivingEngine) {
  const auto engine = engine_here();
  ASSERT_TRUE(has_living_engine(run_));
  auto report = std::async(std::launch::async, [&] { return give_order(run_, Order::pause, milliseconds(60'000)); });
  std::vector<store::ControlRequest> requests;
  while (requests.empty()) requests = engine->poll_control();
  EXPECT_EQ(requests[0].command, "pause");
  engine->answer(requests[0], true, "paused at step 3", 3);
  const OrderReport told = report.get();
  EXPECT_TRUE(told.accepted);
  EXPECT_EQ(told.text, "paused at step 3");
}

TEST_F(Jobs, ALaterUnpauseCancelsAWaitingPauseButNotAStop) {
  const auto engine = engine_here();
  send_order(run_, Order::stop);
  send_order(run_, Order::pause);
  send_order(run_, Order::unpause);
  std::vector<std::string> commands;
  for (const auto& request : engine->poll_control()) commands.push_back(request.command);
  std::sort(commands.begin(), commands.end());
  EXPECT_EQ(commands, (std::vector<std::string>{"stop", "unpause"}));
}

TEST_F(Jobs, AnOrderToARunWithoutEngineIsRefusedAtOnce) {
  engine_here().reset();
  store::Status status = store::status_from_json(store::read_json_file(run_ / store::kStatusFile));
  status.pid_start_time ^= 1;  // as if the pid were used again by another process
  write_file_atomically(run_ / store::kStatusFile, store::print_json(to_json(status)));
  EXPECT_FALSE(has_living_engine(run_));
  try {
    give_order(run_, Order::pause, milliseconds(60'000));
    ADD_FAILURE() << "no error";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::usage);
  }
  EXPECT_THROW(send_order(folder_, Order::stop), Error);
  const auto ended = wait_until_ended(run_, milliseconds(60'000));
  ASSERT_TRUE(ended);
  EXPECT_EQ(ended->state, store::RunState::running) << "gone, and not guessed finished";
}

TEST_F(Jobs, AnOrderThatIsNotAnsweredInTimeStays) {
  const auto engine = engine_here();
  const OrderReport told = give_order(run_, Order::stop, milliseconds(0));
  EXPECT_FALSE(told.accepted);
  EXPECT_FALSE(told.text.empty());
  EXPECT_EQ(engine->poll_control().size(), 1u);
}

TEST_F(Jobs, AnOrderToAnEngineThatEndsMeanwhileIsTakenBack) {
  auto engine = engine_here();
  auto report = std::async(std::launch::async, [&] { return give_order(run_, Order::pause, milliseconds(60'000)); });
  while (fs::is_empty(run_ / store::kControlFolder) || std::distance(fs::directory_iterator(run_ / store::kControlFolder), {}) < 2) {
  }
  store::Status status;
  status.state = store::RunState::completed;
  engine->status(status);
  engine.reset();
  EXPECT_FALSE(report.get().accepted);
  EXPECT_EQ(std::distance(fs::directory_iterator(run_ / store::kControlFolder), {}), 1) << "only done/ is left";
}

TEST_F(Jobs, WaitingEndsWithTheRun) {
  auto engine = engine_here();
  EXPECT_FALSE(wait_until_ended(run_, milliseconds(0)));
  store::Status status;
  status.state = store::RunState::stopped;
  engine->status(status);
  engine->flush();
  EXPECT_EQ(wait_until_ended(run_, milliseconds(60'000))->state, store::RunState::stopped);
}

}  // namespace
}  // namespace geocyte::jobs
