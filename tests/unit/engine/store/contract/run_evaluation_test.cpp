// SPDX-License-Identifier: GPL-3.0-or-later
// Which evaluation stands for a run.
#include "engine/store/contract/run_evaluation.h"

#include <string>

#include <gtest/gtest.h>

#include "engine/core/atomic_file.h"
#include "engine/core/json.h"
#include "tests/support/temp_folder.h"

namespace geocyte::store {
namespace {

struct Evaluations {
  test::TempFolder folder;
  void add(const std::string& name, const Json& json) { write_file_atomically(folder.path() / name, json.dump()); }
  std::string chosen() const {
    const auto file = run_evaluation(folder.path());
    return file ? file->filename().string() : "";
  }
};

TEST(RunEvaluation, IsWhatTheRunSaidWhenItCompleted) {
  Evaluations all;
  EXPECT_EQ(all.chosen(), "");
  all.add("00000400.json", {{"step", 400}});
  all.add("diagnosis.json", {{kAtEndOf, 9000}});
  EXPECT_EQ(all.chosen(), "00000400.json") << "of before it was written down";
  EXPECT_EQ(judged_step(all.folder.path()), std::nullopt);
  all.add("00000350.json", {{"step", 350}, {kAtEndOf, 500}});
  EXPECT_EQ(all.chosen(), "00000350.json");
  all.add("00000500.json", {{"step", 500}});
  EXPECT_EQ(all.chosen(), "00000350.json") << "judged afterwards by hand";
  EXPECT_EQ(judged_step(all.folder.path()), 350);
  all.add("00000300.json", {{"step", 300}, {kAtEndOf, 700}});
  EXPECT_EQ(all.chosen(), "00000300.json") << "extended, and completed again";
}

TEST(RunEvaluation, TakesADamagedFileForOneOfNoCompletedRun) {
  Evaluations all;
  write_file_atomically(all.folder.path() / "00000900.json", "{");
  EXPECT_EQ(all.chosen(), "00000900.json");
  EXPECT_FALSE(end_of_evaluation(all.folder.path() / "00000900.json"));
  EXPECT_FALSE(end_of_evaluation(all.folder.path() / "00000901.json"));
  all.add("00000100.json", {{kAtEndOf, 200}});
  all.add("00000800.json", {{kAtEndOf, "soon"}});
  EXPECT_EQ(all.chosen(), "00000100.json");
  EXPECT_EQ(run_evaluation(all.folder.path() / "none"), std::nullopt);
}

}  // namespace
}  // namespace geocyte::store
