// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/kernels/team.h"

#include <gtest/gtest.h>

namespace geocyte::kernels {
namespace {

TEST(Team, DoesEachTaskOnceInEveryOfManyRounds) {
  for (const int threads : {1, 2, 7}) {
    Team team(threads);
    for (int round = 0; round < 3000; ++round) {
      std::vector<int> done(round % 11, 0);
      team.run(std::ssize(done), [&](std::int64_t task) { ++done[task]; });
      for (const int times : done) ASSERT_EQ(times, 1) << threads << " threads, round " << round;
    }
  }
}

TEST(Team, SeesInARoundWhatTheOneBeforeWrote) {
  Team team(4);
  std::vector<std::int64_t> now(64, 1), next(64);
  for (int round = 0; round < 500; ++round) {
    team.run(64, [&](std::int64_t i) { next[i] = (now[i] + now[(i + 1) % 64] + now[(i + 63) % 64]) % 1000003; });
    now.swap(next);
  }
  for (const auto value : now) EXPECT_EQ(value, now.front());
}

}  // namespace
}  // namespace geocyte::kernels
