// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/store/run_health.h"

#include <algorithm>
#include <cstdio>
#include <ctime>

namespace geocyte::store {
namespace {

constexpr std::chrono::seconds kSilence{10}, kSilenceElsewhere{60}, kStandstill{10};
constexpr double kStandstillSteps = 20;

}  // namespace

const char* name_of(Health health) {
  switch (health) {
    case Health::ok: return "ok";
    case Health::lost: return "lost";
    case Health::stalled: return "stalled";
  }
  return "ok";
}

std::int64_t utc_ms_of(const std::string& text) {
  std::tm utc{};
  int ms = 0, used = 0;
  if (std::sscanf(text.c_str(), "%4d-%2d-%2dT%2d:%2d:%2d.%3dZ%n", &utc.tm_year, &utc.tm_mon, &utc.tm_mday, &utc.tm_hour, &utc.tm_min,
                  &utc.tm_sec, &ms, &used) != 7 || used != static_cast<int>(text.size()))
    return -1;
  if (utc.tm_year < 1970 || utc.tm_mon < 1 || utc.tm_mon > 12 || utc.tm_mday < 1 || utc.tm_mday > 31 || utc.tm_hour < 0 ||
      utc.tm_hour > 23 || utc.tm_min < 0 || utc.tm_min > 59 || utc.tm_sec < 0 || utc.tm_sec > 60 || ms < 0)
    return -1;
  utc.tm_year -= 1900;
  utc.tm_mon -= 1;
  return std::int64_t{timegm(&utc)} * 1000 + ms;
}

Health HealthWatch::look(const Status& status, Clock::time_point now, std::int64_t utc_now_ms) {
  if (!seen_ || status.heartbeat != heartbeat_) heartbeat_ = status.heartbeat, beat_at_ = now;
  if (!seen_ || status.step != step_ || status.state != RunState::running) step_ = status.step, step_at_ = now;
  seen_ = true;
  if (is_final(status.state)) return Health::ok;
  const Clock::duration silence = now - beat_at_;
  const Liveness process = alive_({status.host, status.pid, status.pid_start_time});
  if (process == Liveness::gone) {
    // The wall clock speaks of a run that ended long before this reader looked; a clock that jumps does no harm, since
    // the process is gone in any case and only the moment of a last status written meanwhile is at stake.
    const std::int64_t beat = utc_ms_of(status.heartbeat);
    if (silence >= kSilence || (beat >= 0 && utc_now_ms - beat >= std::chrono::milliseconds(kSilence).count())) return Health::lost;
  } else if (process == Liveness::unknown && silence >= kSilenceElsewhere) {
    return Health::lost;
  }
  if (status.state == RunState::running && silence < kSilence) {
    const double patience = std::max(std::chrono::duration<double>(kStandstill).count(), status.rate > 0 ? kStandstillSteps / status.rate : 0);
    if (std::chrono::duration<double>(now - step_at_).count() >= patience) return Health::stalled;
  }
  return Health::ok;
}

}  // namespace geocyte::store
