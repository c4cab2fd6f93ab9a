// SPDX-License-Identifier: GPL-3.0-or-later
#include <limits>

#include <gtest/gtest.h>

#include "engine/train/best_rule.h"
#include "engine/train/snapshot_schedule.h"
#include "engine/train/time_shares.h"

namespace geocyte::train {
namespace {

TEST(SnapshotSchedule, TakesOneAtOnceAndThenOnePerInterval) {
  SnapshotSchedule schedule(2, 60);
  EXPECT_TRUE(schedule.due(0));
  schedule.taken(0, 0);
  EXPECT_FALSE(schedule.due(1.9));
  EXPECT_TRUE(schedule.due(2));
}

TEST(SnapshotSchedule, ThinsByDoublingSoThatTheNumberStaysBounded) {
  SnapshotSchedule schedule(1, 8);
  int taken = 0;
  for (double now = 0; now < 1024; now += 0.5)
    if (schedule.due(now)) {
      schedule.taken(now, 0);
      ++taken;
    }
  EXPECT_GE(schedule.interval(), 64);
  EXPECT_LE(schedule.interval(), 256);
  EXPECT_LT(taken, 8 + 4 * 9);
}

TEST(SnapshotSchedule, AnExpensiveLookWaitsNineteenTimesItsCost) {
  SnapshotSchedule schedule(2, 60);
  schedule.taken(10, 1);
  EXPECT_FALSE(schedule.due(28.9));
  EXPECT_TRUE(schedule.due(29));
}

TEST(SnapshotSchedule, GoesOnWhereItWasSaved) {
  SnapshotSchedule schedule(1, 4), other(1, 4);
  for (double now = 0; now < 20; ++now)
    if (schedule.due(now)) schedule.taken(now, 0);
  other.restore(schedule.save());
  EXPECT_EQ(other.interval(), schedule.interval());
  EXPECT_EQ(other.save(), schedule.save());
}

TEST(BestRule, KeepsTheSmallestFiniteValueAndTheEarlierStepOfATie) {
  BestRule rule;
  EXPECT_TRUE(rule.offer("val/total", 3, 10));
  EXPECT_FALSE(rule.offer("val/total", 3, 20));
  EXPECT_FALSE(rule.offer("val/total", std::numeric_limits<double>::quiet_NaN(), 30));
  EXPECT_FALSE(rule.offer("val/total", -std::numeric_limits<double>::infinity(), 30));
  EXPECT_TRUE(rule.offer("val/total", 2, 40));
  EXPECT_EQ(rule.best()->step, 40);
}

TEST(TimeShares, AreOfTheTimeThatWasNotPaused) {
  double now = 0;
  TimeShares time([&] { return now; });
  {
    const TimeShares::Measured measured(time, TimeShares::step);
    now += 6;
  }
  {
    const TimeShares::Measured measured(time, TimeShares::paused);
    now += 90;
  }
  {
    const TimeShares::Measured measured(time, TimeShares::write);
    now += 4;
  }
  time.move(TimeShares::step, TimeShares::data, 1);
  const store::TimeShare shares = time.shares(2);
  EXPECT_DOUBLE_EQ(shares.step, 0.5);
  EXPECT_DOUBLE_EQ(shares.data, 0.1);
  EXPECT_DOUBLE_EQ(shares.write, 0.4);
  EXPECT_DOUBLE_EQ(shares.analysis, 0.2);
  EXPECT_DOUBLE_EQ(shares.observe, 0.0);
}

}  // namespace
}  // namespace geocyte::train
