// SPDX-License-Identifier: GPL-3.0-or-later
// Runs that older versions wrote open for ever. Each folder format-N/ holds one as it was written; nothing in it is ever changed, and
// a change of the format adds a folder. README.md says how they were made.
#include <gtest/gtest.h>

#include <filesystem>
#include <map>

#include "engine/core/json.h"
#include "engine/hdf5/h5ad_reader.h"
#include "engine/store/contract/checkpoint_folder.h"
#include "engine/store/run_layout.h"
#include "engine/store/run_reader.h"
#include "tests/support/run_engine.h"

namespace geocyte::test {
namespace {

namespace fs = std::filesystem;

class Archive : public ::testing::Test {
 protected:
  /// A copy, because a run that is used gets a lock and answers.
  void SetUp() override {
    fs::copy(fs::path(GEOCYTE_SOURCE_DIR) / "tests/archives/format-1", folder_.path(), fs::copy_options::recursive);
    run_ = folder_ / "run";
  }
  TemporaryFolder folder_;
  fs::path run_;
};

TEST_F(Archive, FactsAndStatusOfFormatOne) {
  store::RunReader reader(run_);
  EXPECT_EQ(reader.facts().system, "gems");
  EXPECT_EQ(reader.facts().name, "archive");
  EXPECT_EQ(reader.facts().all["data"]["files"].size(), 2u);
  EXPECT_NE(reader.config_text().find("steps: 6"), std::string::npos);
  ASSERT_TRUE(reader.poll_status());
  EXPECT_EQ(reader.status()->state, store::RunState::completed);
  EXPECT_EQ(reader.status()->step, 6);
  ASSERT_TRUE(reader.status()->best);
  EXPECT_EQ(reader.status()->best->metric, "val/total");
}

TEST_F(Archive, CurvesEventsAndPicturesOfFormatOne) {
  store::RunReader reader(run_);
  const auto curves = reader.poll_scalars().points;
  ASSERT_TRUE(curves.contains("loss/total"));
  ASSERT_EQ(curves.at("loss/total").size(), 6u);
  EXPECT_EQ(curves.at("loss/total").back().step, 6);
  EXPECT_TRUE(curves.contains("val/total"));
  std::map<std::string, int> kinds;
  for (const auto& event : reader.poll_events()) ++kinds[event.kind];
  for (const char* kind : {"stage", "checkpoint", "snapshot", "verdict", "note"}) EXPECT_GT(kinds[kind], 0) << kind;
  const auto axes = reader.read_axes();
  ASSERT_EQ(axes.size(), 3u);
  EXPECT_EQ(axes[0].ids.front(), "a/cell0");
  EXPECT_EQ(axes[0].labels[0].categories, (std::vector<std::string>{"a", "b"}));
  const auto snapshots = reader.snapshots();
  ASSERT_FALSE(snapshots.empty());
  for (const auto& entry : snapshots)
    for (const auto& part : entry.parts) EXPECT_FALSE(reader.read_snapshot(entry.step, part).arrays.empty()) << entry.step << " " << part;
}

TEST_F(Archive, CheckpointsOfFormatOne) {
  const auto search = store::latest_good_checkpoint(run_ / store::kCheckpointsFolder);
  ASSERT_TRUE(search.found);
  EXPECT_EQ(search.found->step, 6);
  EXPECT_TRUE(search.problems.empty());
}

TEST_F(Archive, TheEncoderOfFormatOneStillEmbeds) {
  if (!fs::exists(engine_path())) GTEST_SKIP() << "geocyte-engine is not built here";
  const std::string out = (folder_ / "out.h5ad").string(), shown = (folder_ / "shown.h5ad").string();
  const Said applied = run_engine("apply --run " + run_.string() + " --step 6 --data " + (folder_ / "a.tsv").string() + " --out " + out);
  ASSERT_EQ(applied.exit_code, 0) << applied.err;
  const Said exported = run_engine("export --run " + run_.string() + " --step 6 --out " + shown);
  ASSERT_EQ(exported.exit_code, 0) << exported.err;
  const auto embedded = hdf5::read_h5ad(out, {.expression = false}).obsm.at("X_gems"), then = hdf5::read_h5ad(shown, {.expression = false}).obsm.at("X_gems");
  ASSERT_EQ(embedded.cols, then.cols);
  ASSERT_GT(embedded.rows, 0);
  for (std::size_t i = 0; i < embedded.values.size(); ++i) EXPECT_NEAR(embedded.values[i], then.values[i], 1e-4) << i;
}

}  // namespace
}  // namespace geocyte::test
