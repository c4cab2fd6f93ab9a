// SPDX-License-Identifier: GPL-3.0-or-later
// Whatever is wrong with what a user hands in: one clear sentence on stderr and the documented exit code.
#include <gtest/gtest.h>

#include "engine/core/error.h"
#include "tests/support/bad_data.h"
#include "tests/support/run_engine.h"

namespace geocyte::test {
namespace {

class BadInput : public ::testing::Test {
 protected:
  /// Trains on the two files and expects the code, one sentence, and `word` in it.
  void expect_refused(const std::string& a, const std::string& b, ErrorCode code, const std::string& word, const std::string& options = "") {
    const std::string config = write_config(folder_ / "run.yaml", a, b);
    expect_failure(run_engine("train --preset " + config + " --runs " + (folder_ / "runs").string() + " " + options), code, word);
  }
  void expect_failure(const Said& said, ErrorCode code, const std::string& word) {
    EXPECT_EQ(said.exit_code, static_cast<int>(code)) << said.err;
    EXPECT_TRUE(is_one_sentence(said.err)) << said.err;
    EXPECT_NE(said.err.find(word), std::string::npos) << "'" << word << "' is not in: " << said.err;
  }
  std::string good(const std::string& name = "good.h5ad") { return write(small_dataset(60, 50), folder_ / name); }
  TemporaryFolder folder_;
};

TEST_F(BadInput, AWrongFileIsNamed) {
  std::ofstream(folder_ / "text.h5ad") << "this is no HDF5 file\n";
  expect_refused(good(), (folder_ / "text.h5ad").string(), ErrorCode::bad_data, "text.h5ad");
}

TEST_F(BadInput, ATruncatedFileIsNamed) {
  const std::string path = good("cut.h5ad");
  std::filesystem::resize_file(path, std::filesystem::file_size(path) / 2);
  expect_refused(good(), path, ErrorCode::bad_data, "cut.h5ad");
}

TEST_F(BadInput, SourcesWithoutSharedGenesAreNamed) {
  const std::string other = write(small_dataset(60, 50, "other"), folder_ / "other.h5ad");
  expect_refused(good(), other, ErrorCode::bad_data, "gene");
}

TEST_F(BadInput, ASourceOfOneCellIsNamed) {
  const std::string one = write(small_dataset(1, 50), folder_ / "one.h5ad");
  expect_refused(good(), one, ErrorCode::bad_data, "cell");
}

TEST_F(BadInput, NotANumberIsFoundBeforeTraining) {
  data::Dataset dataset = small_dataset(60, 50);
  std::get<data::DenseMatrix>(dataset.x).values[17] = std::numeric_limits<float>::quiet_NaN();
  expect_refused(good(), write(dataset, folder_ / "nan.h5ad"), ErrorCode::bad_data, "finite");
}

TEST_F(BadInput, DuplicateGeneNamesAreNamed) {
  data::Dataset dataset = small_dataset(60, 50);
  dataset.var.index[3] = dataset.var.index[4];
  expect_refused(good(), write(dataset, folder_ / "twice.h5ad"), ErrorCode::bad_data, "gene4");
}

TEST_F(BadInput, AMissingPathIsNamed) { expect_refused(good(), (folder_ / "absent.h5ad").string(), ErrorCode::bad_data, "absent.h5ad"); }

TEST_F(BadInput, AnUnknownKeyGetsTheNearestName) {
  expect_refused(good(), good("b.h5ad"), ErrorCode::bad_config, "batch_size", "--set batch_sise=64");
}

TEST_F(BadInput, AWrongTypeSaysWhatIsWanted) {
  expect_refused(good(), good("b.h5ad"), ErrorCode::bad_config, "batch_size", "--set batch_size=many");
}

TEST_F(BadInput, AnUnwritableFolderIsAStorageError) {
  std::ofstream(folder_ / "runs") << "a file where the folder should be\n";
  expect_refused(good(), good("b.h5ad"), ErrorCode::storage, "runs");
}

TEST_F(BadInput, AnUnknownPresetGetsTheNearestName) {
  expect_failure(run_engine("train --preset gems/demmo --runs " + (folder_ / "runs").string()), ErrorCode::bad_config, "gems/demo");
}

TEST_F(BadInput, AnUnknownCommandGetsTheNearestName) { expect_failure(run_engine("trian"), ErrorCode::usage, "train"); }

TEST_F(BadInput, AMissingOptionIsAUsageError) { expect_failure(run_engine("simulate --genes 100"), ErrorCode::usage, "--out"); }

TEST_F(BadInput, AnUnknownDeviceIsADeviceError) {
  expect_refused(good(), good("b.h5ad"), ErrorCode::device, "cuda", "--device cuda:77");
}

TEST_F(BadInput, ABrokenYamlFileNamesTheLine) {
  std::ofstream(folder_ / "broken.yaml") << "system: gems\nsources: [\n";
  expect_failure(run_engine("train --preset " + (folder_ / "broken.yaml").string()), ErrorCode::bad_config, "line");
}

TEST_F(BadInput, JsonCarriesTheSameError) {
  const Said said = run_engine("--json inspect " + (folder_ / "absent.h5ad").string());
  EXPECT_EQ(said.exit_code, 3);
  EXPECT_NE(said.out.find("\"code\":\"bad_data\""), std::string::npos) << said.out;
}

TEST_F(BadInput, NegativeValuesAreNoCounts) {
  data::Dataset dataset = small_dataset(60, 50);
  std::get<data::DenseMatrix>(dataset.x).values[17] = -1;
  expect_refused(good(), write(dataset, folder_ / "negative.h5ad"), ErrorCode::bad_data, "negative");
}

TEST_F(BadInput, ValuesThatAreNotWholeNumbersAreNoCounts) {
  data::Dataset dataset = small_dataset(60, 50);
  for (float& value : std::get<data::DenseMatrix>(dataset.x).values) value = std::log1p(value);
  expect_refused(good(), write(dataset, folder_ / "logged.h5ad"), ErrorCode::bad_data, "whole numbers");
}

TEST_F(BadInput, AFullDiskLosesNothingAndTheRunGoesOnWhenThereIsRoom) {
  const std::string config = write_config(folder_ / "run.yaml", good(), good("b.h5ad"), "checkpoint: {every: 5}\n");
  const std::string line = "train --preset " + config + " --runs " + (folder_ / "runs").string() + " --device cpu --threads 1 --run-id ";
  ASSERT_EQ(run_engine(line + "full", "ulimit -f 600;").exit_code, static_cast<int>(ErrorCode::storage));
  const auto run = folder_ / "runs" / "full";
  const Said resumed = run_engine("resume " + run.string() + " --device cpu --threads 1");
  EXPECT_EQ(resumed.exit_code, 0) << resumed.err;
  EXPECT_NE(slurp(run / "status.json").find("\"completed\""), std::string::npos);
}

TEST_F(BadInput, AFullDiskStopsWithAStorageErrorAndKeepsWhatWasWritten) {
  const std::string config = write_config(folder_ / "run.yaml", good(), good("b.h5ad"), "checkpoint: {every: 5}\n");
  const Said said = run_engine("train --preset " + config + " --runs " + (folder_ / "runs").string() + " --device cpu", "ulimit -f 600;");
  EXPECT_EQ(said.exit_code, static_cast<int>(ErrorCode::storage)) << said.err;
  EXPECT_TRUE(is_one_sentence(said.err)) << said.err;
  const auto run = *std::filesystem::directory_iterator(folder_ / "runs");
  EXPECT_TRUE(std::filesystem::exists(run.path() / "run.json"));
}

}  // namespace
}  // namespace geocyte::test
