// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/store/contract/memory_sink.h"

#include <filesystem>
#include <memory>

#include <gtest/gtest.h>

namespace geocyte::store {
namespace {

TEST(MemorySink, ScalarsAndVerdictsOfASnapshotAreWrittenOut) {
  MemorySink sink;
  Snapshot snapshot;
  snapshot.step = 7;
  snapshot.scalars = {{"align/max_centroid_distance", 2.5}};
  snapshot.verdicts.push_back({"align/outlier", "align", "bad", "P2 is the outlier.", "", ""});
  sink.snapshot(snapshot);
  EXPECT_EQ(sink.series("align/max_centroid_distance"), (MemorySink::Series{{7, 2.5}}));
  ASSERT_EQ(sink.events("verdict").size(), 1u);
  EXPECT_EQ(sink.events("verdict")[0].details["headline"], "P2 is the outlier.");
  EXPECT_TRUE(sink.series("absent").empty());
}

TEST(MemorySink, ARequestIsGivenOnceAndANewerOneTakesItsPlace) {
  MemorySink sink;
  sink.request({"1", "run", "pause", "test", Json::object()});
  sink.request({"2", "run", "unpause", "test", Json::object()});
  sink.request({"3", "", "checkpoint", "test", Json::object()});
  const auto requests = sink.poll_control();
  ASSERT_EQ(requests.size(), 2u);
  EXPECT_EQ(requests[0].id, "2");
  EXPECT_TRUE(sink.poll_control().empty());
  ASSERT_EQ(sink.answers().size(), 1u);
  EXPECT_FALSE(sink.answers()[0].done);
}

TEST(MemorySink, RequestsCanComeAtAnExactLook) {
  MemorySink sink;
  sink.on_poll([](std::int64_t looks) {
    return looks == 2 ? std::vector<ControlRequest>{{"s", "", "stop", "test", Json::object()}} : std::vector<ControlRequest>{};
  });
  EXPECT_TRUE(sink.poll_control().empty());
  EXPECT_TRUE(sink.poll_control().empty());
  EXPECT_EQ(sink.poll_control().size(), 1u);
}

TEST(MemorySink, FoldersExistAndGoWithIt) {
  std::string folder;
  {
    MemorySink sink;
    folder = sink.folder("checkpoints");
    EXPECT_TRUE(std::filesystem::is_directory(folder));
    EXPECT_EQ(sink.folder("checkpoints"), folder);
  }
  EXPECT_FALSE(std::filesystem::exists(folder));
}

TEST(MemorySink, NewestStatusIsTheLastReported) {
  MemorySink sink;
  EXPECT_EQ(sink.status().state, RunState::queued);
  Status status;
  status.state = RunState::running;
  sink.status(status);
  status.state = RunState::stopped;
  sink.status(status);
  EXPECT_EQ(sink.status().state, RunState::stopped);
  EXPECT_EQ(sink.statuses().size(), 2u);
}

}  // namespace
}  // namespace geocyte::store
