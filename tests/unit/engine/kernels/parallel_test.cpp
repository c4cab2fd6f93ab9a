// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/kernels/parallel.h"

#include <gtest/gtest.h>

#include <numeric>
#include <stdexcept>

namespace geocyte::kernels {
namespace {

TEST(ParallelBlocks, DoesEachBlockOnce) {
  for (const int threads : {1, 3, 16}) {
    std::vector<int> done(100, 0);
    parallel_blocks(threads, 100, [&](std::int64_t block) { ++done[block]; });
    EXPECT_EQ(done, std::vector<int>(100, 1));
  }
  parallel_blocks(4, 0, [](std::int64_t) { FAIL(); });
}

TEST(ParallelBlocks, ThrowsWhatAThreadThrew) {
  EXPECT_THROW(parallel_blocks(3, 50,
                               [](std::int64_t block) {
                                 if (block == 20) throw std::runtime_error("block 20");
                               }),
               std::runtime_error);
}

}  // namespace
}  // namespace geocyte::kernels
