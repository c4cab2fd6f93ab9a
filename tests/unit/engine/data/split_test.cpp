// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/data/split.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>

#include "engine/core/error.h"

namespace geocyte::data {
namespace {

std::vector<std::int32_t> cells_of(std::initializer_list<int> sizes) {
  std::vector<std::int32_t> result;
  std::int32_t source = 0;
  for (const int size : sizes) result.insert(result.end(), static_cast<std::size_t>(size), source++);
  return result;
}

TEST(Split, PartitionsTheCellsAndKeepsBothPartsAscending) {
  Rng rng(7);
  const Split split = split_by_source(cells_of({50, 31, 8}), 3, 0.2, rng);
  std::vector<std::int64_t> all = split.train;
  all.insert(all.end(), split.held_out.begin(), split.held_out.end());
  EXPECT_TRUE(std::is_sorted(split.train.begin(), split.train.end()));
  EXPECT_TRUE(std::is_sorted(split.held_out.begin(), split.held_out.end()));
  std::sort(all.begin(), all.end());
  std::vector<std::int64_t> expected(89);
  std::iota(expected.begin(), expected.end(), 0);
  EXPECT_EQ(all, expected);
}

TEST(Split, HoldsTheRoundedFractionOfEverySourceOut) {
  Rng rng(7);
  const auto cells = cells_of({50, 31, 8, 5, 4, 1, 0});
  const Split split = split_by_source(cells, 7, 0.1, rng);
  std::vector<int> held(7);
  for (const auto cell : split.held_out) ++held[cells[cell]];
  EXPECT_EQ(held, (std::vector<int>{5, 3, 1, 1, 0, 0, 0}));
}

TEST(Split, NeverTakesTheLastCellOfASourceAway) {
  Rng rng(7);
  const Split split = split_by_source(cells_of({1, 2}), 2, 0.9, rng);
  EXPECT_EQ(split.train.size(), 2u);
}

TEST(Split, FractionZeroHoldsNothingOut) {
  Rng rng(7);
  EXPECT_TRUE(split_by_source(cells_of({50}), 1, 0, rng).held_out.empty());
}

TEST(Split, IsDecidedByItsStream) {
  const auto cells = cells_of({200});
  Rng a(7), b(7), c(8);
  EXPECT_EQ(split_by_source(cells, 1, 0.2, a).held_out, split_by_source(cells, 1, 0.2, b).held_out);
  EXPECT_NE(split_by_source(cells, 1, 0.2, a).held_out, split_by_source(cells, 1, 0.2, c).held_out);
}

TEST(Split, DrawsEveryCellEquallyOften) {
  Rng rng(7);
  std::vector<int> counts(10);
  for (int i = 0; i < 5000; ++i)
    for (const auto cell : split_by_source(cells_of({10}), 1, 0.3, rng).held_out) ++counts[cell];
  for (const int count : counts) EXPECT_NEAR(count, 1500, 5 * 33);  // sd = sqrt(5000 * .3 * .7) = 32.4
}

TEST(Split, RefusesFractionsAndSourcesThatAreImpossible) {
  Rng rng(7);
  EXPECT_THROW(split_by_source(cells_of({5}), 1, 1.0, rng), Error);
  EXPECT_THROW(split_by_source({0, 3}, 2, 0.2, rng), Error);
}

TEST(Split, AWholeSourceIsHeldOutAndTheOthersSplitAsBefore) {
  Rng a(3), b(3);
  const Split with = split_by_source(cells_of({50, 31, 8}), 3, 0.2, a, {1}), without = split_by_source(cells_of({50, 31, 8}), 3, 0.2, b);
  EXPECT_EQ(std::count_if(with.train.begin(), with.train.end(), [](auto cell) { return cell >= 50 && cell < 81; }), 0);
  const auto of_others = [](const std::vector<std::int64_t>& cells) {
    std::vector<std::int64_t> kept;
    for (const auto cell : cells)
      if (cell < 50 || cell >= 81) kept.push_back(cell);
    return kept;
  };
  EXPECT_EQ(of_others(with.held_out), of_others(without.held_out));
  EXPECT_EQ(with.train.size() + with.held_out.size(), 89u);
}

}  // namespace
}  // namespace geocyte::data
