// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/baselines/baseline.h"

#include <gtest/gtest.h>

#include <set>

#include "engine/core/error.h"
#include "tests/unit/engine/baselines/gaussian_cells.h"

namespace geocyte::baselines {
namespace {

Cells three_sources() {
  Rng rng(1);
  return stacked({normal_matrix(60, 12, rng), normal_matrix(60, 12, rng).array() + 4, normal_matrix(60, 12, rng) * 2});
}

std::vector<std::int64_t> even_rows(const Cells& cells) {
  std::vector<std::int64_t> rows;
  for (std::int64_t row = 0; row < cells.count(); row += 2) rows.push_back(row);
  return rows;
}

BaselineOptions small() {
  BaselineOptions options;
  options.components = 5;
  return options;
}

TEST(BaselineTest, names_are_unique_and_each_starts_from_one_above_it) {
  std::set<std::string> names = {""};
  for (const Baseline& one : all_baselines()) {
    EXPECT_TRUE(names.contains(one.after)) << one.name;
    EXPECT_TRUE(names.insert(one.name).second) << one.name;
    EXPECT_FALSE(one.what.empty());
  }
}

TEST(BaselineTest, each_gives_finite_rows_for_all_cells) {
  const Cells cells = three_sources();
  BaselineRun run(all_baselines(small()), cells, even_rows(cells), {1, 0, 0});
  for (const Baseline& one : run.list()) {
    const Eigen::MatrixXd& y = run.embedding(one.name);
    EXPECT_EQ(y.rows(), 180) << one.name;
    EXPECT_EQ(y.cols(), one.name == "raw" ? 12 : 5) << one.name;
    EXPECT_TRUE(y.allFinite()) << one.name;
  }
}

TEST(BaselineTest, held_out_cells_change_training_cells_only_where_a_baseline_says_it_is_transductive) {
  const Cells cells = three_sources();
  Cells other = cells;
  for (Eigen::Index row = 1; row < 180; row += 2) other.x.row(row).array() += 3 * static_cast<double>(row % 7);
  const auto train = even_rows(cells);
  BaselineRun one(all_baselines(small()), cells, train, {1, 0, 0}),
      two(all_baselines(small()), other, train, {1, 0, 0});
  for (const Baseline& baseline : one.list()) {
    double change = 0;
    for (const std::int64_t row : train)
      change = std::max(change, (one.embedding(baseline.name).row(row) - two.embedding(baseline.name).row(row)).norm());
    EXPECT_EQ(change > 0, baseline.transductive) << baseline.name;
  }
}

TEST(BaselineTest, an_unknown_name_is_answered_with_those_there_are) {
  const Cells cells = three_sources();
  BaselineRun run(all_baselines(small()), cells, even_rows(cells), {1, 0, 0});
  try {
    run.embedding("scanorama");
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::bad_config);
    EXPECT_NE(error.hint().find("harmony"), std::string::npos);
  }
}

TEST(BaselineTest, an_error_says_which_baseline_it_was) {
  const Cells cells = three_sources();
  BaselineRun run(all_baselines(small()), cells, even_rows(cells), {0, 0, 0});
  EXPECT_NO_THROW(run.embedding("pca"));
  try {
    run.embedding("coral");
    FAIL();
  } catch (const Error& error) {
    ASSERT_FALSE(error.context().empty());
    EXPECT_EQ(error.context().front(), "baseline coral");
  }
  EXPECT_THROW(BaselineRun(all_baselines(), cells, {}, {1, 0, 0}), Error);
}

}  // namespace
}  // namespace geocyte::baselines
