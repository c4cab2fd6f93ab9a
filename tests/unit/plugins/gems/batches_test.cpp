// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugins/gems/batches.h"

#include <algorithm>
#include <map>
#include <numeric>
#include <set>

#include <gtest/gtest.h>

#include "engine/core/error.h"

namespace geocyte::plugins::gems {
namespace {

std::vector<std::int64_t> range(std::int64_t first, std::int64_t count) {
  std::vector<std::int64_t> all(static_cast<std::size_t>(count));
  std::iota(all.begin(), all.end(), first);
  return all;
}

const std::vector<std::int64_t> kModality{0, 0, 0, 1, 0, 1};   // the six sources: four slides, two suspensions
const std::vector<bool> kAllThere(6, true);

TEST(BalancedLayout, SharesOutOverModalitiesAndThenOverSources) {
  const BatchLayout layout = balanced_layout(kModality, kAllThere, 256);
  EXPECT_EQ(layout.source, (std::vector<std::int64_t>{0, 1, 2, 4, 3, 5}));
  EXPECT_EQ(layout.size, (std::vector<std::int64_t>{32, 32, 32, 32, 64, 64}));
}

TEST(BalancedLayout, SharesDifferByAtMostOneAndFillTheBatch) {
  for (std::int64_t batch = 8; batch < 80; ++batch) {
    const BatchLayout layout = balanced_layout(kModality, kAllThere, batch);
    EXPECT_EQ(layout.cells(), batch);
    const auto [low, high] = std::minmax_element(layout.size.begin(), layout.size.begin() + 4);
    EXPECT_LE(*high - *low, 1) << batch;
  }
}

TEST(BalancedLayout, LeavesOutSourcesWithoutCellsAndModalitiesThatAreNotThere) {
  std::vector<bool> there(6, true);
  there[3] = there[5] = false;
  const BatchLayout layout = balanced_layout(kModality, there, 40);
  EXPECT_EQ(layout.source, (std::vector<std::int64_t>{0, 1, 2, 4}));
  EXPECT_EQ(layout.size, (std::vector<std::int64_t>{10, 10, 10, 10}));
}

TEST(BalancedLayout, RefusesABatchSmallerThanTheSources) {
  try {
    balanced_layout(kModality, kAllThere, 5);
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::bad_config);
  }
}

TEST(BalancedLayout, SpreadGivesEachCellTheValueOfItsSource) {
  const BatchLayout layout{{2, 0}, {2, 1}};
  EXPECT_EQ(layout.spread(std::vector<std::int64_t>{10, 11, 12}), (std::vector<std::int64_t>{12, 12, 10}));
}

TEST(Batches, DrawsEveryPartFromItsOwnSourceWithoutRepeatingACell) {
  Batches batches({range(0, 50), range(100, 20)}, {{0, 1}, {30, 20}});
  Rng rng(5);
  std::vector<std::int64_t> rows(50);
  for (int i = 0; i < 20; ++i) {
    batches.draw(rng, rows);
    EXPECT_EQ(std::set<std::int64_t>(rows.begin(), rows.end()).size(), 50u);
    EXPECT_TRUE(std::all_of(rows.begin(), rows.begin() + 30, [](auto row) { return row >= 0 && row < 50; }));
    EXPECT_TRUE(std::all_of(rows.begin() + 30, rows.end(), [](auto row) { return row >= 100 && row < 120; }));
  }
}

TEST(Batches, RepeatsTheCellsOfASourceThatIsSmallerThanItsShare) {
  Batches batches({range(0, 3)}, {{0}, {64}});
  Rng rng(5);
  std::vector<std::int64_t> rows(64);
  batches.draw(rng, rows);
  EXPECT_EQ(std::set<std::int64_t>(rows.begin(), rows.end()), (std::set<std::int64_t>{0, 1, 2}));
}

TEST(Batches, BySizeAreThoseOfThePlainLoaderOfTheSeed) {
  // Six sources of seed 001; 256 n_s / 8498 = 51.2, 45.2, 36.1, 81.0, 13.9, 28.6, what is left over goes to .9, .6
  const std::vector<std::int64_t> cells{1700, 1500, 1200, 2688, 460, 950};
  const BatchLayout layout = proportional_layout(cells, 256);
  EXPECT_EQ(layout.source, (std::vector<std::int64_t>{0, 1, 2, 3, 4, 5}));
  EXPECT_EQ(layout.size, (std::vector<std::int64_t>{51, 45, 36, 81, 14, 29}));
  const std::vector<std::int64_t> one_is_tiny{1000, 0, 1};
  EXPECT_EQ(proportional_layout(one_is_tiny, 10).source, (std::vector<std::int64_t>{0, 2}));
  EXPECT_EQ(proportional_layout(one_is_tiny, 10).cells(), 10);
  EXPECT_THROW(proportional_layout(cells, 5), Error);
}

TEST(Batches, DrawsEveryCellEquallyOften) {
  Batches batches({range(0, 40)}, {{0}, {10}});
  Rng rng(8);
  std::vector<std::int64_t> rows(10);
  std::map<std::int64_t, int> seen;
  constexpr int kDraws = 8000;
  for (int i = 0; i < kDraws; ++i) {
    batches.draw(rng, rows);
    for (const auto row : rows) ++seen[row];
  }
  // Binomial with mean 2000 and standard deviation 38.7: five of them.
  for (std::int64_t row = 0; row < 40; ++row) EXPECT_NEAR(seen[row], 2000, 194) << row;
}

TEST(Batches, FollowFromTheStateOfTheStreamAlone) {
  Batches worn({range(0, 40)}, {{0}, {10}}), fresh({range(0, 40)}, {{0}, {10}});
  std::vector<std::int64_t> a(10), b(10);
  Rng rng(1);
  for (int i = 0; i < 5; ++i) worn.draw(rng, a);
  Rng copy;
  copy.set_state(rng.state());
  worn.draw(rng, a);
  fresh.draw(copy, b);
  EXPECT_EQ(a, b);
}

}  // namespace
}  // namespace geocyte::plugins::gems
