// SPDX-License-Identifier: GPL-3.0-or-later
// `train --dry-run`: finds in seconds what would end a run, and writes nothing.
#include <gtest/gtest.h>

#include "engine/core/error.h"
#include "engine/core/json.h"
#include "tests/support/bad_data.h"
#include "tests/support/run_engine.h"

namespace geocyte::test {
namespace {

class DryRun : public ::testing::Test {
 protected:
  void SetUp() override {
    write(small_dataset(80, 60, "gene", 1), folder_ / "a.h5ad");
    write(small_dataset(70, 50, "gene", 2), folder_ / "b.h5ad");
    config_ = write_config(folder_ / "run.yaml", (folder_ / "a.h5ad").string(), (folder_ / "b.h5ad").string());
  }
  std::string line(const std::string& more = "") const {
    return "train --preset " + config_ + " --runs " + (folder_ / "runs").string() + " --device cpu --threads 1 " + more;
  }
  Json dry(const std::string& more = "") {
    const Said said = run_engine("--json " + line("--dry-run " + more));
    EXPECT_EQ(said.exit_code, 0) << said.err;
    return Json::parse(said.out, nullptr, false);
  }
  TemporaryFolder folder_;
  std::string config_;
};

TEST_F(DryRun, SaysWhatARunWouldSeeAndNeed) {
  const Json found = dry();
  ASSERT_TRUE(found.is_object());
  EXPECT_EQ(found["system"], "gems");
  EXPECT_EQ(found["data"]["cells"], 150);
  EXPECT_EQ(found["data"]["shared_genes"], 50);
  EXPECT_EQ(found["data"]["sources"].size(), 2U);
  EXPECT_EQ(found["data"]["sources"][1]["genes"], 50);
  EXPECT_EQ(found["data"]["files"][0]["size"], std::filesystem::file_size(folder_ / "a.h5ad"));
  EXPECT_EQ(found["axes"], Json({{"cell", 150}, {"gene", 40}, {"source", 2}}));
  EXPECT_EQ(found["total_steps"], 20);
  EXPECT_EQ(found["step"]["steps"], 3);
  EXPECT_TRUE(found["step"]["losses"].contains("vicreg"));
  EXPECT_TRUE(found["step"]["total"].is_number());
  EXPECT_GT(found["memory"]["estimate_bytes"].get<double>(), 0);
  EXPECT_GT(found["memory"]["free_bytes"].get<double>(), found["memory"]["measured_bytes"].get<double>());
  EXPECT_GT(found["disk"]["free_bytes"].get<double>(), 0);
  EXPECT_TRUE(found["identical"].empty());
}

TEST_F(DryRun, WritesNothing) {
  dry();
  EXPECT_FALSE(std::filesystem::exists(folder_ / "runs"));
}

TEST_F(DryRun, NamesARunOfTheSameConfiguration) {
  ASSERT_EQ(run_engine(line("--run-id first --set steps=3")).exit_code, 0);
  const Json same = dry("--set steps=3")["identical"];
  ASSERT_EQ(same.size(), 1U);
  EXPECT_EQ(same[0]["id"], "first");
  EXPECT_EQ(same[0]["state"], "completed");
  EXPECT_TRUE(dry("--set steps=4")["identical"].empty());
}

void expect_refused(const Said& said, ErrorCode code, const std::string& word) {
  EXPECT_EQ(said.exit_code, static_cast<int>(code)) << said.err;
  EXPECT_TRUE(is_one_sentence(said.err)) << said.err;
  EXPECT_NE(said.err.find(word), std::string::npos) << said.err;
}

TEST_F(DryRun, WhatDoesNotFitIntoMemoryIsRefusedBeforeItIsMade) {
  expect_refused(run_engine(line("--dry-run --set 'encoder.hidden=[300000,300000]'")), ErrorCode::out_of_memory, "memory");
}

TEST_F(DryRun, ADiskThatIsTooSmallIsRefused) {
  expect_refused(run_engine("train --preset " + config_ + " --runs /proc/none --dry-run"), ErrorCode::storage, "/proc");
}

TEST_F(DryRun, AFileThatIsNotThereIsRefused) {
  std::filesystem::remove(folder_ / "b.h5ad");
  expect_refused(run_engine(line("--dry-run")), ErrorCode::bad_data, "b.h5ad");
}

TEST_F(DryRun, ABatchThatIsTooSmallIsRefused) {
  expect_refused(run_engine(line("--dry-run --set batch_size=1")), ErrorCode::bad_config, "batch_size");
}

}  // namespace
}  // namespace geocyte::test
