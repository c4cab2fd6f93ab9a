// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/kernels/knn_tile.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "engine/core/rng.h"

namespace geocyte::kernels {
namespace {

TEST(Ranked, IsOrderedLikeTheKeyThenTheIndexAndGivesBothBack) {
  const std::vector<float> keys{-1e30f, -2.5f, -1e-30f, 0.0f,
                                1e-30f, 2.5f,  1e30f,   std::numeric_limits<float>::infinity()};
  for (std::size_t a = 0; a < keys.size(); ++a) {
    EXPECT_EQ(key_of(ranked(keys[a], 77)), keys[a]);
    EXPECT_EQ(index_of(ranked(keys[a], 77)), 77);
    EXPECT_LT(ranked(keys[a], 3), ranked(keys[a], 4));
    for (std::size_t b = a + 1; b < keys.size(); ++b) EXPECT_LT(ranked(keys[a], 1000), ranked(keys[b], 0));
  }
}

TEST(BestK, HoldsTheSmallestOfAnyOrder) {
  Rng rng(2);
  for (const int k : {1, 2, 3, 10, 33}) {
    std::vector<std::uint64_t> items(k), all;
    BestK best{items.data(), 0, k};
    for (int i = 0; i < 200; ++i) {
      const auto key = static_cast<float>(rng.below(40)) - 20.0f;
      best.offer(key, i);
      all.push_back(ranked(key, i));
      std::nth_element(all.begin(), all.begin() + std::min<int>(k, i + 1) - 1, all.end());
      if (i + 1 < k) {
        EXPECT_EQ(best.threshold(), std::numeric_limits<float>::infinity());
      } else {
        EXPECT_EQ(best.items[0], all[k - 1]);
      }
    }
    std::sort(all.begin(), all.end());
    std::sort(items.begin(), items.end());
    EXPECT_TRUE(std::equal(items.begin(), items.end(), all.begin()));
  }
}

}  // namespace
}  // namespace geocyte::kernels
