// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/store/contract/checkpoint_folder.h"

#include <cstdlib>
#include <fstream>
#include <functional>
#include <string>

#include <gtest/gtest.h>

#include "engine/core/atomic_file.h"
#include "engine/core/error.h"
#include "engine/store/contract/safe_json.h"

namespace geocyte::store {
namespace {

namespace fs = std::filesystem;

class Checkpoints : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = testing::TempDir() + "/checkpoints-XXXXXX";
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
  }
  void TearDown() override { fs::remove_all(folder_); }

  void write(std::int64_t step, const std::string& weights, const Json& about = Json::object()) {
    CheckpointDraft draft(folder_, step);
    std::ofstream(draft.folder() / "model.safetensors") << weights;
    std::ofstream(draft.folder() / "state.json") << "{}";
    draft.commit(about);
  }
  std::string content(std::int64_t step) { return read_file(verify_checkpoint(folder_, step).folder / "model.safetensors"); }

  fs::path folder_;
};

TEST_F(Checkpoints, CommittedOneIsFoundWithWhatWasSaidAboutIt) {
  write(1200, "abc", {{"best", true}});
  const CheckpointSearch search = latest_good_checkpoint(folder_);
  ASSERT_TRUE(search.found);
  EXPECT_EQ(search.found->step, 1200);
  EXPECT_EQ(search.found->folder.filename(), "00001200");
  EXPECT_EQ(search.found->about["best"], true);
  EXPECT_TRUE(search.problems.empty());
}

TEST_F(Checkpoints, ManifestNamesEveryFileWithItsSha256) {
  write(5, "abc");
  const Json manifest = read_json_file(folder_ / "00000005" / "manifest.json");
  ASSERT_EQ(manifest["files"].size(), 2u);
  EXPECT_EQ(manifest["files"][0]["name"], "model.safetensors");
  EXPECT_EQ(manifest["files"][0]["bytes"], 3);
  EXPECT_EQ(manifest["files"][0]["sha256"], "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST_F(Checkpoints, OneThatWasNotCommittedIsNeverSeen) {
  write(100, "good");
  CheckpointDraft* killed = new CheckpointDraft(folder_, 200);  // a process that dies runs no destructor
  std::ofstream(killed->folder() / "model.safetensors") << "half";
  EXPECT_EQ(checkpoint_steps(folder_), std::vector<std::int64_t>{100});
  EXPECT_EQ(latest_good_checkpoint(folder_).found->step, 100);
  write(200, "whole");  // the left-over does not stand in the way
  EXPECT_EQ(content(200), "whole");
  delete killed;
}

TEST_F(Checkpoints, AnAbandonedDraftLeavesNothing) {
  { CheckpointDraft draft(folder_, 3); }
  EXPECT_TRUE(fs::is_empty(folder_));
}

TEST_F(Checkpoints, SameStepIsReplacedAsAWhole) {
  write(10, "first");
  write(10, "second");
  EXPECT_EQ(content(10), "second");
  EXPECT_EQ(std::distance(fs::directory_iterator(folder_), {}), 1);
}

TEST_F(Checkpoints, CutAtEveryByteFallsBackToTheOneBefore) {
  write(100, "the good one");
  const std::string weights = "weights of step 200";
  for (std::size_t length = 0; length < weights.size(); ++length) {
    write(200, weights);
    fs::resize_file(folder_ / "00000200" / "model.safetensors", length);
    const CheckpointSearch search = latest_good_checkpoint(folder_);
    ASSERT_TRUE(search.found) << length;
    EXPECT_EQ(search.found->step, 100) << length;
    ASSERT_EQ(search.problems.size(), 1u);
    EXPECT_NE(search.problems[0].find("cut short"), std::string::npos);
  }
}

TEST_F(Checkpoints, AChangedByteIsFound) {
  write(100, "good");
  write(200, "weights");
  std::ofstream(folder_ / "00000200" / "model.safetensors") << "weightz";
  EXPECT_EQ(latest_good_checkpoint(folder_).found->step, 100);
}

TEST_F(Checkpoints, DamagedManifestIsPassedOver) {
  const std::string outside = R"({"format":1,"step":200,"files":[{"name":"../../secret","bytes":1,"sha256":"00"}]})";
  const std::string absolute = R"({"format":1,"step":200,"files":[{"name":"/etc/hostname","bytes":1,"sha256":"00"}]})";
  for (const std::string& manifest :
       {std::string(), std::string("{"), std::string("[]"), std::string(R"({"format":"x"})"), std::string(R"({"format":99})"),
        std::string(R"({"format":1,"step":200,"files":[3]})"), std::string(R"({"format":1,"step":300,"files":[]})"),
        std::string(R"({"format":1,"step":200,"files":[{"name":"model.safetensors","bytes":-1,"sha256":""}]})"), outside, absolute}) {
    write(100, "good");
    write(200, "weights");
    std::ofstream(folder_ / "00000200" / "manifest.json") << manifest;
    const CheckpointSearch search = latest_good_checkpoint(folder_);
    ASSERT_TRUE(search.found) << manifest;
    EXPECT_EQ(search.found->step, 100) << manifest;
  }
}

TEST_F(Checkpoints, ALinkIsNotAFileOfACheckpoint) {
  write(200, "weights");
  fs::remove(folder_ / "00000200" / "model.safetensors");
  fs::create_symlink("state.json", folder_ / "00000200" / "model.safetensors");
  EXPECT_FALSE(latest_good_checkpoint(folder_).found);
}

TEST_F(Checkpoints, NothingFoundIsAnAnswer) {
  EXPECT_FALSE(latest_good_checkpoint(folder_).found);
  EXPECT_FALSE(latest_good_checkpoint(folder_ / "absent").found);
  EXPECT_THROW(verify_checkpoint(folder_, 3), Error);
}

TEST_F(Checkpoints, SearchCanStopAtAStep) {
  write(100, "a");
  write(200, "b");
  EXPECT_EQ(latest_good_checkpoint(folder_, 150).found->step, 100);
}

TEST_F(Checkpoints, ForeignFoldersAreNoCheckpoints) {
  for (const char* name : {"latest", "12", "000000000000000000000000001", "-0000001", "0x000010", ".00000007.draft"}) fs::create_directory(folder_ / name);
  std::ofstream(folder_ / "00000009") << "a file";
  EXPECT_TRUE(checkpoint_steps(folder_).empty());
}

TEST_F(Checkpoints, RemovedOneIsGoneAndMissingIsNoError) {
  write(100, "a");
  remove_checkpoint(folder_, 100);
  remove_checkpoint(folder_, 100);
  EXPECT_TRUE(fs::is_empty(folder_));
}

TEST_F(Checkpoints, UnwritableFolderIsAStorageError) {
  std::ofstream(folder_ / "in_the_way") << "a file";
  try {
    CheckpointDraft draft(folder_ / "in_the_way", 1);
    ADD_FAILURE() << "made a folder below a file";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::storage);
  }
}

TEST(CheckpointRetention, KeepsTheLastThreeTheBestAndMilestones) {
  using Steps = std::vector<std::int64_t>;
  EXPECT_EQ(checkpoints_to_remove({500, 100, 300, 200, 400}, {}), (Steps{100, 200}));
  EXPECT_EQ(checkpoints_to_remove({100, 200, 300, 400, 500}, {3, 100, 0}), (Steps{200}));
  EXPECT_EQ(checkpoints_to_remove({100, 200, 300, 400, 500, 600}, {1, 300, 200}), (Steps{100, 500}));
  EXPECT_EQ(checkpoints_to_remove({100}, {0, std::nullopt, 0}), Steps{});
  EXPECT_EQ(checkpoints_to_remove({}, {}), Steps{});
}

}  // namespace
}  // namespace geocyte::store
