// SPDX-License-Identifier: GPL-3.0-or-later
// Answers to probes: from the engine that trains, and from a server of a run that has ended.
#include "engine/store/probe_folder.h"

#include <algorithm>
#include <fstream>

#include "engine/core/error.h"
#include "engine/store/control.h"
#include "engine/store/run_layout.h"
#include "engine/store/run_reader.h"
#include "engine/store/run_server.h"
#include "tests/unit/engine/store/run_fixture.h"

namespace geocyte::store {
namespace {

class Probes : public RunTest {
 protected:
  void SetUp() override {
    RunTest::SetUp();
    create().reset();
  }
  std::size_t answers_kept() const {
    std::size_t count = 0;
    for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator(run_ / kProbesFolder)) ++count;
    return count;
  }
};

TEST_F(Probes, TheAnswerOfTheEngineIsThereWhenTheRequestIsDone) {
  auto writer = RunWriter::reopen(run_, 1);
  const std::string id = send_control(run_, "probe", {{"rows", 0}});
  for (const auto& request : writer->poll_control()) writer->answer_probe(request, snapshot(5), 5);
  const auto answer = wait_for_answer(run_, id, std::chrono::seconds(10));
  ASSERT_TRUE(answer);
  EXPECT_TRUE(answer->done);
  EXPECT_EQ(answer->step, 5);
  EXPECT_EQ(answer->text, "answered in probes/" + id + ".h5");
  EXPECT_EQ(read_probe_answer(run_, id).arrays.size(), snapshot(5).arrays.size());
}

TEST_F(Probes, TheNewestTwentyStay) {
  auto writer = RunWriter::reopen(run_, 1);
  std::vector<std::string> ids;
  for (int i = 0; i < 23; ++i) {
    ids.push_back(send_control(run_, "probe"));
    for (const auto& request : writer->poll_control()) writer->answer_probe(request, snapshot(i), i);
    writer->flush();
  }
  EXPECT_EQ(answers_kept(), kProbesKept);
  EXPECT_NO_THROW(read_probe_answer(run_, ids.back()));
}

TEST_F(Probes, AnIdThatIsNoFileNameIsRefused) {
  auto writer = RunWriter::reopen(run_, 1);
  std::ofstream(run_ / kControlFolder / "1.json") << R"({"id": "../../evil", "command": "probe"})";
  for (const auto& request : writer->poll_control()) writer->answer_probe(request, snapshot(1), 1);
  writer->flush();
  EXPECT_FALSE(std::filesystem::exists(run_.parent_path() / "evil.h5"));
  EXPECT_TRUE(std::filesystem::exists(run_ / kControlDoneFolder / "1.json"));
  EXPECT_THROW(read_probe_answer(run_, "../../evil"), Error);
}

TEST_F(Probes, AServerAnswersWhatWaitedAndChangesNothingElse) {
  const auto status_before = std::filesystem::last_write_time(run_ / kStatusFile);
  const std::string probe = send_control(run_, "probe"), pause = send_control(run_, "pause");
  RunServer server(run_);
  for (const auto& request : server.poll()) {
    if (request.command == "probe") server.answer_probe(request, snapshot(7), 7);
    else server.refuse(request, "the run has ended", 7);
  }
  EXPECT_TRUE(control_answer(run_, probe)->done);
  EXPECT_FALSE(control_answer(run_, pause)->done);
  EXPECT_EQ(read_probe_answer(run_, probe).step, 7);
  EXPECT_EQ(std::filesystem::last_write_time(run_ / kStatusFile), status_before);
  RunReader reader(run_);
  const auto events = reader.poll_events();
  EXPECT_EQ(std::count_if(events.begin(), events.end(), [](const auto& event) { return event.kind == "control"; }), 2);
}

TEST_F(Probes, WhoServesOwnsTheRun) {
  const RunServer server(run_);
  EXPECT_THROW(RunServer{run_}, Error);
  EXPECT_THROW(RunWriter::reopen(run_, 1), Error);
}

TEST_F(Probes, AFolderThatIsNoRunIsNotServed) { EXPECT_THROW(RunServer{run_.parent_path()}, Error); }

}  // namespace
}  // namespace geocyte::store
