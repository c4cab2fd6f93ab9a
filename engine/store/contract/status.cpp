// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/store/contract/status.h"

#include <array>
#include <cmath>
#include <limits>
#include <string_view>

#include "engine/core/error.h"

namespace geocyte::store {
namespace {

constexpr std::array kStates = {RunState::queued,    RunState::starting, RunState::running, RunState::paused,   RunState::stopping,
                                RunState::completed, RunState::stopped,  RunState::failed,  RunState::discarded};

[[noreturn]] void wrong_type(std::string_view key, std::string_view wanted) {
  throw Error(ErrorCode::bad_data, "the status has a '" + std::string(key) + "' that is not " + std::string(wanted));
}

/// nullptr for a key that is missing or null.
const Json* find(const Json& json, const char* key) {
  const auto found = json.find(key);
  return found == json.end() || found->is_null() ? nullptr : &*found;
}

void read(const Json& json, const char* key, std::string& into) {
  const Json* value = find(json, key);
  if (!value) return;
  if (!value->is_string()) wrong_type(key, "a text");
  into = value->get<std::string>();
}

void read(const Json& json, const char* key, double& into) {
  const Json* value = find(json, key);
  if (!value) return;
  if (!value->is_number()) wrong_type(key, "a number");
  into = value->get<double>();
}

/// A whole number within the range of Int; 2.0 is one too, since other writers may know only doubles.
template <class Int>
void read_whole(const Json& json, const char* key, Int& into) {
  const Json* value = find(json, key);
  if (!value) return;
  if (value->is_number_float()) {
    const double number = value->get<double>();
    if (!(std::abs(number) < 9.0e15) || number != std::floor(number) || (number < 0 && !std::numeric_limits<Int>::is_signed))
      wrong_type(key, "a whole number");
    into = static_cast<Int>(number);
  } else if (value->is_number_unsigned()) {
    const auto number = value->get<std::uint64_t>();
    if (number > static_cast<std::uint64_t>(std::numeric_limits<Int>::max())) wrong_type(key, "a whole number in range");
    into = static_cast<Int>(number);
  } else if (value->is_number_integer()) {  // negative, or it would be unsigned
    const auto number = value->get<std::int64_t>();
    if (number < 0 && !std::numeric_limits<Int>::is_signed) wrong_type(key, "a whole number in range");
    into = static_cast<Int>(number);
  } else {
    wrong_type(key, "a whole number");
  }
}

const Json* find_object(const Json& json, const char* key) {
  const Json* value = find(json, key);
  if (value && !value->is_object()) wrong_type(key, "an object");
  return value;
}

/// JSON has no NaN: what is not finite is written as null and read as missing.
Json number_or_null(double value) { return std::isfinite(value) ? Json(value) : Json(nullptr); }

}  // namespace

const char* name_of(RunState state) {
  switch (state) {
    case RunState::queued: return "queued";
    case RunState::starting: return "starting";
    case RunState::running: return "running";
    case RunState::paused: return "paused";
    case RunState::stopping: return "stopping";
    case RunState::completed: return "completed";
    case RunState::stopped: return "stopped";
    case RunState::failed: return "failed";
    case RunState::discarded: return "discarded";
  }
  return "failed";
}

RunState run_state_from(const std::string& name) {
  for (const RunState state : kStates)
    if (name == name_of(state)) return state;
  throw Error(ErrorCode::bad_data, "the status has an unknown state '" + name.substr(0, 40) + "'");
}

bool is_final(RunState state) {
  return state == RunState::completed || state == RunState::stopped || state == RunState::failed || state == RunState::discarded;
}

Json to_json(const Status& status) {
  Json json = {{"state", name_of(status.state)},
               {"pid", status.pid},
               {"pid_start_time", status.pid_start_time},
               {"host", status.host},
               {"heartbeat", status.heartbeat},
               {"last_step_at", status.last_step_at},
               {"stage", status.stage},
               {"step", status.step},
               {"total_steps", status.total_steps},
               {"rate", number_or_null(status.rate)},
               {"eta_s", status.eta_s ? number_or_null(*status.eta_s) : Json(nullptr)}};
  const TimeShare& share = status.time_share;
  json["time_share"] = {{"step", number_or_null(share.step)},
                        {"data", number_or_null(share.data)},
                        {"observe", number_or_null(share.observe)},
                        {"analysis", number_or_null(share.analysis)},
                        {"write", number_or_null(share.write)}};
  json["device"] = status.device;
  json["memory"] = {{"rss", number_or_null(status.rss_bytes)}, {"device", number_or_null(status.device_bytes)}};
  json["last_checkpoint"] = status.last_checkpoint < 0 ? Json(nullptr) : Json(status.last_checkpoint);
  json["best"] = nullptr;
  if (status.best)
    json["best"] = {{"metric", status.best->metric}, {"value", number_or_null(status.best->value)}, {"step", status.best->step}};
  json["message"] = status.message;
  json["error"] = nullptr;
  if (status.error)
    json["error"] = {{"code", status.error->code}, {"what", status.error->what}, {"context", status.error->context},
                     {"hint", status.error->hint}};
  return json;
}

Status status_from_json(const Json& json) {
  if (!json.is_object()) throw Error(ErrorCode::bad_data, "the status is not a JSON object");
  Status status;
  std::string state = name_of(status.state);
  read(json, "state", state);
  status.state = run_state_from(state);
  read_whole(json, "pid", status.pid);
  read_whole(json, "pid_start_time", status.pid_start_time);
  read(json, "host", status.host);
  read(json, "heartbeat", status.heartbeat);
  read(json, "last_step_at", status.last_step_at);
  read(json, "stage", status.stage);
  read_whole(json, "step", status.step);
  read_whole(json, "total_steps", status.total_steps);
  read(json, "rate", status.rate);
  if (find(json, "eta_s")) read(json, "eta_s", status.eta_s.emplace());
  if (const Json* share = find_object(json, "time_share")) {
    read(*share, "step", status.time_share.step);
    read(*share, "data", status.time_share.data);
    read(*share, "observe", status.time_share.observe);
    read(*share, "analysis", status.time_share.analysis);
    read(*share, "write", status.time_share.write);
  }
  read(json, "device", status.device);
  if (const Json* memory = find_object(json, "memory")) {
    read(*memory, "rss", status.rss_bytes);
    read(*memory, "device", status.device_bytes);
  }
  read_whole(json, "last_checkpoint", status.last_checkpoint);
  if (const Json* best = find_object(json, "best")) {
    Best& into = status.best.emplace();
    into.value = std::numeric_limits<double>::quiet_NaN();
    read(*best, "metric", into.metric);
    read(*best, "value", into.value);
    read_whole(*best, "step", into.step);
  }
  read(json, "message", status.message);
  if (const Json* error = find_object(json, "error")) {
    StatusError& into = status.error.emplace();
    read(*error, "code", into.code);
    read(*error, "what", into.what);
    read(*error, "context", into.context);
    read(*error, "hint", into.hint);
  }
  return status;
}

}  // namespace geocyte::store
