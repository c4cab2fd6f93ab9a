// SPDX-License-Identifier: GPL-3.0-or-later
// status.json: where a run stands. Replaced atomically once a second and at every change of state.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "engine/core/json.h"

namespace geocyte::store {

enum class RunState { queued, starting, running, paused, stopping, completed, stopped, failed, discarded };
const char* name_of(RunState state);
/// Throws Error{bad_data} for an unknown name.
RunState run_state_from(const std::string& name);
/// completed, stopped, failed, discarded
bool is_final(RunState state);

struct TimeShare { double step = 0, data = 0, observe = 0, analysis = 0, write = 0; };

struct StatusError { std::string code, what, context, hint; };

struct Best { std::string metric; double value = 0; std::int64_t step = 0; };

struct Status {
  RunState state = RunState::queued;
  std::int64_t pid = 0;
  std::uint64_t pid_start_time = 0;            ///< field 22 of /proc/PID/stat: tells a reused pid
  std::string host;
  std::string heartbeat, last_step_at;         ///< UTC, milliseconds
  std::string stage;
  std::int64_t step = 0, total_steps = 0;
  double rate = 0;                             ///< steps/s, median of the last 60 s
  std::optional<double> eta_s;
  TimeShare time_share;
  std::string device;
  double rss_bytes = 0, device_bytes = 0;
  std::int64_t last_checkpoint = -1;           ///< step; -1 = none
  std::optional<Best> best;
  std::string message;
  std::optional<StatusError> error;
};

Json to_json(const Status& status);
/// Tolerates missing keys. Throws Error{bad_data} for wrong types.
Status status_from_json(const Json& json);

}  // namespace geocyte::store
