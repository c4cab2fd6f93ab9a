// SPDX-License-Identifier: GPL-3.0-or-later
// Names, rates, thinning and health: the parts of a run directory that are pure functions.
#include <algorithm>
#include <numeric>

#include <gtest/gtest.h>

#include "engine/core/error.h"
#include "engine/core/log.h"
#include "engine/store/rate_meter.h"
#include "engine/store/run_health.h"
#include "engine/store/run_layout.h"
#include "engine/store/snapshot_retention.h"

namespace geocyte::store {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

TEST(SnapshotName, IsReadBackAsItWasWritten) {
  for (const std::int64_t step : {0ll, 7ll, 12000ll, 99'999'999ll, 123'456'789'012ll})
    for (const char* part : {"", "umap", "centroid_distance"}) {
      const auto name = parse_snapshot_name(snapshot_file_name(step, part));
      ASSERT_TRUE(name);
      EXPECT_EQ(name->step, step);
      EXPECT_EQ(name->part, part);
    }
  EXPECT_EQ(snapshot_file_name(12000, "umap"), "00012000.umap.h5");
}

TEST(SnapshotName, ForeignAndHostileOnesArePassedOver) {
  for (const char* name : {"", ".h5", "a.h5", "7.h5", "+0000007.h5", "-0000007.h5", "00000007..h5", "00000007.a.b.h5", "00000007.../x.h5",
                           "00000007.umap.h5.tmp", ".00000007.h5.12.tmp", "999999999999999999999999.h5", "00000007.\xff.h5"})
    EXPECT_FALSE(parse_snapshot_name(name)) << name;
  EXPECT_THROW(snapshot_file_name(-1, ""), Error);
  EXPECT_THROW(snapshot_file_name(1, "../x"), Error);
}

TEST(CleanRelative, LeavesNoWayOut) {
  for (const char* good : {"a", "a/b.c", "checkpoints/00000012", "..a", "a b"}) EXPECT_TRUE(is_clean_relative(good)) << good;
  for (const char* bad : {"", "/a", "a/", "a//b", ".", "..", "../a", "a/../b", "a/./b", "a\nb", "a\\b"}) EXPECT_FALSE(is_clean_relative(bad)) << bad;
  EXPECT_FALSE(is_clean_relative(std::string_view("a\0b", 3)));
  EXPECT_FALSE(is_clean_relative(std::string(300, 'a')));
}

TEST(RateMeter, ConstantSpeedIsThatSpeed) {
  RateMeter meter;
  const RateMeter::Clock::time_point begin{};
  for (int s = 0; s <= 10; ++s) meter.look(begin + seconds(s), 40 * s);
  EXPECT_DOUBLE_EQ(meter.steps_per_second(), 40);
}

TEST(RateMeter, OneLongStopDoesNotMoveIt) {
  RateMeter meter;
  const RateMeter::Clock::time_point begin{};
  for (int s = 0; s <= 20; ++s) meter.look(begin + seconds(s), 40 * s);
  meter.look(begin + seconds(40), 801);
  meter.look(begin + seconds(41), 841);
  EXPECT_DOUBLE_EQ(meter.steps_per_second(), 40);
}

TEST(RateMeter, StepsSlowerThanTheLooksAreCounted) {
  RateMeter meter;
  const RateMeter::Clock::time_point begin{};
  for (int s = 0; s <= 50; ++s) meter.look(begin + seconds(s), s / 5);
  EXPECT_NEAR(meter.steps_per_second(), .2, 1e-12);
}

TEST(RateMeter, ForgetsAfterAMinuteAndWhenStepsGoBack) {
  RateMeter meter;
  const RateMeter::Clock::time_point begin{};
  for (int s = 0; s <= 100; ++s) meter.look(begin + seconds(s), 10 * s);
  for (int s = 1; s <= 61; ++s) meter.look(begin + seconds(100 + s), 1000 + 90 * s);
  EXPECT_DOUBLE_EQ(meter.steps_per_second(), 90);
  meter.look(begin + seconds(200), 5);
  EXPECT_DOUBLE_EQ(meter.steps_per_second(), 0);
}

std::vector<StoredSnapshot> stored(const std::vector<std::int64_t>& steps, std::uint64_t bytes = 10) {
  std::vector<StoredSnapshot> all;
  for (const std::int64_t step : steps) all.push_back({step, bytes});
  return all;
}

TEST(SnapshotRetention, NothingGoesWhileTheLimitsHold) {
  EXPECT_TRUE(snapshots_to_remove(stored({1, 2, 3, 4}), {4, 40}, {}).empty());
  EXPECT_TRUE(snapshots_to_remove({}, {1, 1}, {}).empty());
}

TEST(SnapshotRetention, EverySecondGoesWhenTheSpacingIsEven) {
  EXPECT_EQ(snapshots_to_remove(stored({0, 10, 20, 30, 40, 50, 60, 70, 80}), {8, 1000}, {}), (std::vector<std::int64_t>{10, 30, 50, 70}));
}

TEST(SnapshotRetention, FirstBestAndLastStayWhateverTheLimit) {
  std::vector<std::int64_t> steps(50);
  std::iota(steps.begin(), steps.end(), 0);
  const auto removed = snapshots_to_remove(stored(steps), {1, 1}, 33);
  EXPECT_EQ(removed.size(), 47u);
  for (const std::int64_t kept : {0, 33, 49}) EXPECT_EQ(std::count(removed.begin(), removed.end(), kept), 0) << kept;
}

TEST(SnapshotRetention, BestIsTheNewestAtOrBeforeTheBestStep) {
  const auto removed = snapshots_to_remove(stored({0, 10, 20, 30, 40}), {3, 1000}, 17);
  EXPECT_EQ(removed, (std::vector<std::int64_t>{20, 30}));
}

TEST(SnapshotRetention, BytesCountLikeNumbers) {
  const auto removed = snapshots_to_remove(stored({0, 1, 2, 3, 4, 5, 6, 7, 8}, 100), {1000, 500}, {});
  EXPECT_EQ(removed, (std::vector<std::int64_t>{1, 3, 5, 7}));
}

TEST(SnapshotRetention, ALongRunStaysEvenlySpaced) {
  std::vector<std::int64_t> kept;
  for (std::int64_t step = 0; step < 10'000; ++step) {
    kept.push_back(step);
    for (const std::int64_t gone : snapshots_to_remove(stored(kept), {60, 1'000'000}, {})) std::erase(kept, gone);
    ASSERT_LE(kept.size(), 60u);
  }
  EXPECT_GE(kept.size(), 30u);
  EXPECT_EQ(kept.front(), 0);
  EXPECT_EQ(kept.back(), 9999);
  for (std::size_t i = 1; i + 1 < kept.size(); ++i) EXPECT_LE(kept[i] - kept[i - 1], 2 * 10'000 / 30);
}

class HealthWatchTest : public testing::Test {
 protected:
  HealthWatchTest() {
    status_.state = RunState::running;
    status_.heartbeat = "2026-11-21T14:15:30.000Z";
    status_.host = "here", status_.pid = 1;
    utc_ = utc_ms_of(status_.heartbeat);
  }
  Health after(seconds time) {
    now_ += time;
    utc_ += milliseconds(time).count();
    return watch_.look(status_, now_, utc_);
  }
  void beat() { status_.heartbeat = "2026-11-21T14:15:30." + std::to_string(++beats_ + 100) + "Z"; }

  Liveness liveness_ = Liveness::alive;
  HealthWatch watch_{[this](const ProcessIdentity&) { return liveness_; }};
  Status status_;
  HealthWatch::Clock::time_point now_{};
  std::int64_t utc_ = 0;
  int beats_ = 0;
};

TEST_F(HealthWatchTest, ASilentHeartOfALivingProcessIsNotLost) {
  EXPECT_EQ(after(seconds(0)), Health::ok);
  EXPECT_EQ(after(seconds(3600)), Health::ok);
}

TEST_F(HealthWatchTest, LostNeedsTenSecondsOfSilenceAndADeadProcess) {
  after(seconds(0));
  liveness_ = Liveness::gone;
  EXPECT_EQ(after(seconds(9)), Health::ok) << "a last status may still come";
  EXPECT_EQ(after(seconds(1)), Health::lost);
}

TEST_F(HealthWatchTest, ARunThatDiedLongAgoIsLostAtTheFirstLook) {
  liveness_ = Liveness::gone;
  EXPECT_EQ(after(seconds(86'400)), Health::lost);
}

TEST_F(HealthWatchTest, AFinishedRunIsNeverLost) {
  liveness_ = Liveness::gone;
  for (const RunState state : {RunState::completed, RunState::stopped, RunState::failed, RunState::discarded}) {
    status_.state = state;
    EXPECT_EQ(after(seconds(1000)), Health::ok);
  }
}

TEST_F(HealthWatchTest, AnotherHostIsLostAfterAMinuteOfSilence) {
  liveness_ = Liveness::unknown;
  after(seconds(0));
  EXPECT_EQ(after(seconds(59)), Health::ok);
  EXPECT_EQ(after(seconds(1)), Health::lost);
}

TEST_F(HealthWatchTest, StepsThatStandStillWhileTheHeartBeatsAreStalled) {
  after(seconds(0));
  for (int i = 0; i < 9; ++i) {
    beat();
    EXPECT_EQ(after(seconds(1)), Health::ok);
  }
  beat();
  EXPECT_EQ(after(seconds(1)), Health::stalled);
  status_.step = 1;
  beat();
  EXPECT_EQ(after(seconds(1)), Health::ok);
}

TEST_F(HealthWatchTest, SlowStepsGetTheirTimeAndAPauseIsNoStall) {
  status_.rate = .1;  // twenty steps take 200 s
  after(seconds(0));
  for (int i = 0; i < 199; ++i) {
    beat();
    EXPECT_EQ(after(seconds(1)), Health::ok);
  }
  beat();
  EXPECT_EQ(after(seconds(1)), Health::stalled);
  status_.state = RunState::paused;
  beat();
  EXPECT_EQ(after(seconds(1)), Health::ok);
}

TEST(UtcText, IsReadBack) {
  EXPECT_EQ(utc_ms_of("1970-01-01T00:00:00.000Z"), 0);
  EXPECT_EQ(utc_ms_of("2026-11-21T14:15:30.123Z"), 1795270530123);
  const std::int64_t now = utc_ms_of(utc_now_text());
  EXPECT_GT(now, 1'600'000'000'000);
  for (const char* bad : {"", "yesterday", "2026-11-21", "2026-13-21T14:15:30.123Z", "2026-11-21T14:15:30.123", "2026-11-21T14:15:30.123Zx"})
    EXPECT_EQ(utc_ms_of(bad), -1) << bad;
}

}  // namespace
}  // namespace geocyte::store
