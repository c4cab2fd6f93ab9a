// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugins/st_edm/once.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

#include "engine/core/error.h"

namespace geocyte::plugins::st_edm {
namespace {

TEST(Once, IsMadeOnceASeedUntilTheStateMoves) {
  Once<int> once;
  int made = 0;
  const auto ask = [&](std::uint64_t seed) { return once.of(seed, {}, [&] { return ++made; }); };
  EXPECT_EQ(ask(1), 1);
  EXPECT_EQ(ask(1), 1);
  EXPECT_EQ(ask(2), 2) << "another seed draws otherwise";
  EXPECT_EQ(ask(2), 2);
  once.forget();
  EXPECT_EQ(ask(2), 3);
}

TEST(Once, WhatWasStoppedIsNotTakenForTheWhole) {
  Once<int> once;
  StopSource source;
  source.request_stop();
  EXPECT_EQ(once.of(1, source.get_token(), [] { return 1; }), 1);
  EXPECT_EQ(once.of(1, {}, [] { return 2; }), 2);
  EXPECT_THROW(once.of(3, {}, []() -> int { throw Error(ErrorCode::bad_data, "no"); }), Error);
  EXPECT_EQ(once.of(3, {}, [] { return 4; }), 4);
}

TEST(Once, WhoAsksAtTheSameTimeWaits) {
  Once<int> once;
  std::atomic<int> made = 0;
  std::vector<std::thread> asking;
  for (int i = 0; i < 4; ++i) asking.emplace_back([&] { once.of(1, {}, [&] { return ++made; }); });
  for (std::thread& one : asking) one.join();
  EXPECT_EQ(made, 1);
}

}  // namespace
}  // namespace geocyte::plugins::st_edm
