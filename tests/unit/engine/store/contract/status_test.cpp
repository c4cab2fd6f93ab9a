// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/store/contract/status.h"

#include <cmath>
#include <limits>

#include <gtest/gtest.h>

#include "engine/core/error.h"
#include "engine/store/contract/safe_json.h"

namespace geocyte::store {
namespace {

Status full_status() {
  Status status;
  status.state = RunState::paused;
  status.pid = 4711;
  status.pid_start_time = 18'000'000'000'000'000'000u;
  status.host = "h\xC3\xB6st";
  status.heartbeat = "2026-11-21T14:15:30.123Z";
  status.last_step_at = "2026-11-21T14:15:30.100Z";
  status.stage = "encode";
  status.step = 1200, status.total_steps = 20'000;
  status.rate = 41.25, status.eta_s = 455.8;
  status.time_share = {.6, .1, .05, .1, .02};
  status.device = "cuda:0 (H200)";
  status.rss_bytes = 1.5e9, status.device_bytes = 2.25e9;
  status.last_checkpoint = 1000;
  status.best = Best{"val/total", .125, 900};
  status.message = "paused by user";
  status.error = StatusError{"storage", "the disk is full", "writing a snapshot", "free some space"};
  return status;
}

TEST(Status, SurvivesTheWayThroughJsonText) {
  const Status before = full_status();
  const Status after = status_from_json(parse_json(print_json(to_json(before))));
  EXPECT_EQ(to_json(after), to_json(before));
  EXPECT_EQ(after.pid_start_time, before.pid_start_time);
  EXPECT_EQ(after.best->step, 900);
  EXPECT_EQ(after.error->hint, "free some space");
}

TEST(Status, StateNamesAreAOneToOneMap) {
  for (int i = 0; i <= static_cast<int>(RunState::discarded); ++i) {
    const auto state = static_cast<RunState>(i);
    EXPECT_EQ(run_state_from(name_of(state)), state);
  }
  EXPECT_THROW(run_state_from("lost"), Error);
  EXPECT_THROW(run_state_from(""), Error);
}

TEST(Status, OnlyFourStatesAreFinal) {
  int final_states = 0;
  for (int i = 0; i <= static_cast<int>(RunState::discarded); ++i) final_states += is_final(static_cast<RunState>(i));
  EXPECT_EQ(final_states, 4);
  EXPECT_FALSE(is_final(RunState::stopping));
  EXPECT_TRUE(is_final(RunState::failed));
}

TEST(Status, MissingKeysKeepTheirDefaults) {
  const Status status = status_from_json(Json::object());
  EXPECT_EQ(status.state, RunState::queued);
  EXPECT_EQ(status.last_checkpoint, -1);
  EXPECT_FALSE(status.best || status.error || status.eta_s);
}

TEST(Status, UnknownKeysOfANewerWriterAreSkipped) {
  EXPECT_EQ(status_from_json({{"state", "running"}, {"mood", {{"deep", true}}}}).state, RunState::running);
}

TEST(Status, NumbersThatAreNotFiniteAreWrittenAsNull) {
  Status status;
  status.rate = std::numeric_limits<double>::quiet_NaN();
  status.eta_s = std::numeric_limits<double>::infinity();
  status.best = Best{"val/total", std::numeric_limits<double>::quiet_NaN(), 3};
  const Json json = to_json(status);
  EXPECT_TRUE(json["rate"].is_null() && json["eta_s"].is_null());
  EXPECT_TRUE(std::isnan(status_from_json(json).best->value));
}

TEST(Status, WrongTypesAreOneSentence) {
  const std::vector<Json> bad = {Json::array(),
                                 {{"state", 3}},
                                 {{"state", "asleep"}},
                                 {{"step", "twelve"}},
                                 {{"step", 1.5}},
                                 {{"step", 1e300}},
                                 {{"pid", 18'000'000'000'000'000'000u}},
                                 {{"pid_start_time", -1}},
                                 {{"rate", true}},
                                 {{"best", 7}},
                                 {{"error", "full"}},
                                 {{"memory", Json::array({1})}},
                                 {{"time_share", {{"step", "x"}}}}};
  for (const Json& json : bad) {
    try {
      status_from_json(json);
      ADD_FAILURE() << "accepted " << json;
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::bad_data) << json;
      EXPECT_EQ(std::string(error.what()).find('\n'), std::string::npos);
    }
  }
}

TEST(Status, WholeNumbersMayComeAsDoubles) { EXPECT_EQ(status_from_json({{"step", 12.0}}).step, 12); }

}  // namespace
}  // namespace geocyte::store
