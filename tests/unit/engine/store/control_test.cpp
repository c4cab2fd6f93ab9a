// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/store/control.h"

#include <sys/stat.h>

#include "engine/core/error.h"
#include "engine/store/contract/safe_json.h"
#include "engine/store/run_layout.h"
#include "tests/unit/engine/store/run_fixture.h"

namespace geocyte::store {
namespace {

namespace fs = std::filesystem;

class Control : public RunTest {
 protected:
  void SetUp() override {
    RunTest::SetUp();
    writer_ = create();
  }
  void TearDown() override {
    writer_.reset();
    RunTest::TearDown();
  }
  void put(const std::string& name, const std::string& content) { write(run_ / kControlFolder / name, content); }
  bool inbox_is_empty() const {
    for (const auto& entry : fs::directory_iterator(run_ / kControlFolder))
      if (entry.path().filename() != "done") return false;
    return true;
  }
  std::unique_ptr<RunWriter> writer_;
};

TEST_F(Control, ARequestIsGivenOnceAndItsAnswerComesBack) {
  const std::string id = send_control(run_, "set", {{"path", "optimizer.lr"}, {"value", .01}}, "lr", "window");
  const auto requests = writer_->poll_control();
  ASSERT_EQ(requests.size(), 1u);
  EXPECT_EQ(requests[0].id, id);
  EXPECT_EQ(requests[0].command, "set");
  EXPECT_EQ(requests[0].by, "window");
  EXPECT_EQ(requests[0].args["value"], .01);
  EXPECT_TRUE(writer_->poll_control().empty());
  EXPECT_FALSE(control_answer(run_, id)) << "not answered yet";
  writer_->answer(requests[0], true, "lr 0.001 → 0.01", 42);
  const auto answer = wait_for_answer(run_, id, std::chrono::milliseconds(0));
  ASSERT_TRUE(answer);
  EXPECT_TRUE(answer->done);
  EXPECT_EQ(answer->step, 42);
  EXPECT_TRUE(inbox_is_empty());
  writer_->flush();
  ASSERT_EQ(events("control").size(), 1u);
  EXPECT_EQ(events("control")[0].details["command"], "set");
  EXPECT_EQ(events("control")[0].details["done"], true);
}

TEST_F(Control, RequestsComeOldestFirst) {
  put("0000000000003-c.json", R"({"id":"c","command":"stop"})");
  put("0000000000001-a.json", R"({"id":"a","command":"pause"})");
  put("0000000000002-b.json", R"({"id":"b","command":"unpause"})");
  const auto requests = writer_->poll_control();
  ASSERT_EQ(requests.size(), 3u);
  EXPECT_EQ(requests[0].id + requests[1].id + requests[2].id, "abc");
}

TEST_F(Control, ANewerRequestWithTheSameKeyCancelsTheOlder) {
  put("0000000000001-a.json", R"({"id":"0000000000001-a","key":"k","command":"pause"})");
  put("0000000000002-b.json", R"({"id":"0000000000002-b","key":"k","command":"unpause"})");
  put("0000000000003-c.json", R"({"id":"0000000000003-c","key":"other","command":"checkpoint"})");
  const auto requests = writer_->poll_control();
  ASSERT_EQ(requests.size(), 2u);
  EXPECT_EQ(requests[0].command, "unpause");
  const auto cancelled = control_answer(run_, "0000000000001-a");
  ASSERT_TRUE(cancelled);
  EXPECT_FALSE(cancelled->done);
  EXPECT_NE(cancelled->text.find("newer"), std::string::npos);
}

TEST_F(Control, WhatCannotBeUnderstoodIsMovedOutWithTheReason) {
  const std::vector<std::string> hostile = {"", "{", "[]", "null", "42", "\xff\xfe", R"({"command":3})", R"({"command":""})", R"({"id":"x"})",
                                            R"({"command":"pause","args":[1]})", R"({"command":"pause","key":{}})",
                                            std::string(60'000, '['), std::string(kControlFolder) + std::string(1 << 17, 'x')};
  for (std::size_t i = 0; i < hostile.size(); ++i) put("h" + std::to_string(i) + ".json", hostile[i]);
  EXPECT_TRUE(writer_->poll_control().empty());
  EXPECT_TRUE(inbox_is_empty());
  for (std::size_t i = 0; i < hostile.size(); ++i) {
    const auto answer = control_answer(run_, "h" + std::to_string(i));
    ASSERT_TRUE(answer) << i;
    EXPECT_FALSE(answer->done);
    EXPECT_FALSE(answer->text.empty());
  }
  writer_->flush();
  EXPECT_EQ(events("control").size(), hostile.size());
}

TEST_F(Control, LinksPipesAndFoldersAreMovedOut) {
  fs::create_symlink("/etc/hostname", run_ / kControlFolder / "link.json");
  ASSERT_EQ(mkfifo((run_ / kControlFolder / "pipe.json").c_str(), 0600), 0);
  fs::create_directory(run_ / kControlFolder / "folder.json");
  EXPECT_TRUE(writer_->poll_control().empty());
  EXPECT_TRUE(inbox_is_empty());
}

TEST_F(Control, HalfWrittenFilesOfASenderAreNotLookedAt) {
  put(".0000000000001-a.json.tmp", "{");
  put(".hidden.json", "{");
  put("notes.txt", "{");
  EXPECT_TRUE(writer_->poll_control().empty());
  EXPECT_TRUE(fs::exists(run_ / kControlFolder / ".hidden.json"));
}

TEST_F(Control, TwoRequestsWithOneIdAreNotBothTaken) {
  put("1.json", R"({"id":"same","command":"pause"})");
  put("2.json", R"({"id":"same","command":"stop"})");
  EXPECT_EQ(writer_->poll_control().size(), 1u);
}

TEST_F(Control, AnIdIsNeverAPathOutOfTheRun) {
  put("1.json", R"({"id":"../../../escape","command":"pause"})");
  const auto requests = writer_->poll_control();
  ASSERT_EQ(requests.size(), 1u);
  writer_->answer(requests[0], true, "paused", 1);
  EXPECT_TRUE(fs::exists(run_ / kControlDoneFolder / "1.json")) << "answers lie under the name of the file";
  EXPECT_FALSE(control_answer(run_, "../../run"));
  EXPECT_FALSE(withdraw_control(run_, "../run"));
  EXPECT_TRUE(fs::exists(run_ / kRunFile));
}

TEST_F(Control, AWithdrawnRequestIsNotSeen) {
  const std::string id = send_control(run_, "stop");
  EXPECT_TRUE(withdraw_control(run_, id));
  EXPECT_TRUE(writer_->poll_control().empty());
  EXPECT_FALSE(withdraw_control(run_, id));
}

TEST_F(Control, OrdersToADeadEngineAreNotForTheOneThatGoesOn) {
  const std::string id = send_control(run_, "stop");
  writer_.reset();
  writer_ = RunWriter::reopen(run_, 1);
  EXPECT_TRUE(writer_->poll_control().empty());
  const auto answer = control_answer(run_, id);
  ASSERT_TRUE(answer);
  EXPECT_FALSE(answer->done);
}

TEST_F(Control, RequestsOfOneSenderComeInTheOrderOfSending) {
  std::vector<std::string> sent, seen;
  for (int i = 0; i < 200; ++i) sent.push_back(send_control(run_, "checkpoint"));
  for (const ControlRequest& request : writer_->poll_control()) seen.push_back(request.id);
  EXPECT_EQ(seen, sent);
}

TEST_F(Control, AFolderThatIsNoRunIsRefused) {
  EXPECT_THROW(send_control(runs_, "pause"), Error);
  EXPECT_FALSE(wait_for_answer(runs_, "absent", std::chrono::milliseconds(0)));
}

}  // namespace
}  // namespace geocyte::store
