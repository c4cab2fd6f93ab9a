// SPDX-License-Identifier: GPL-3.0-or-later
// What a reader concludes about a run beyond what status.json says. These states are never written: only somebody who
// looks from outside can tell that a heart has stopped.
//   lost     the heart has not moved for 10 s of the reader's own monotonic clock (or, on the same host, by the wall clock)
//            and the process is gone; on another host: 60 s without a beat, since its processes cannot be seen
//   stalled  the heart beats, the run is in state running, and its step stands still for 10 s and for 20 usual steps
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>

#include "engine/store/contract/status.h"
#include "engine/store/process_identity.h"

namespace geocyte::store {

enum class Health { ok, lost, stalled };
const char* name_of(Health health);

class HealthWatch {
 public:
  using Clock = std::chrono::steady_clock;
  using Alive = std::function<Liveness(const ProcessIdentity&)>;
  explicit HealthWatch(Alive alive = liveness_of) : alive_(std::move(alive)) {}

  /// `now` and `utc_now_ms` are the reader's clocks at the moment of this look.
  Health look(const Status& status, Clock::time_point now, std::int64_t utc_now_ms);

 private:
  Alive alive_;
  bool seen_ = false;
  std::string heartbeat_;
  std::int64_t step_ = 0;
  Clock::time_point beat_at_{}, step_at_{};
};

/// Milliseconds since 1970 of "2026-11-21T14:15:30.123Z"; -1 when it is none.
std::int64_t utc_ms_of(const std::string& text);

}  // namespace geocyte::store
