// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/jobs/steer.h"

#include <thread>

#include "engine/core/error.h"
#include "engine/core/log.h"
#include "engine/store/contract/safe_json.h"
#include "engine/store/control.h"
#include "engine/store/process_identity.h"
#include "engine/store/run_health.h"
#include "engine/store/run_layout.h"

namespace geocyte::jobs {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::int64_t kFreshBeatMs = 30'000;

const char* command_of(Order order) {
  switch (order) {
    case Order::pause: return "pause";
    case Order::unpause: return "unpause";
    case Order::stop: return "stop";
  }
  return "stop";
}

/// Pause and unpause undo each other, so the newer one counts. A stop is not undone by either.
const char* key_of(Order order) { return order == Order::stop ? "stop" : "pause"; }

std::optional<store::Status> status_of(const std::filesystem::path& run) {
  try {
    return store::status_from_json(store::read_json_file(run / store::kStatusFile));
  } catch (const Error&) {
    return std::nullopt;
  }
}

bool is_worked_on(const store::Status& status) {
  if (store::is_final(status.state)) return false;
  switch (store::liveness_of({status.host, status.pid, status.pid_start_time})) {
    case store::Liveness::alive: return true;
    case store::Liveness::gone: return false;
    case store::Liveness::unknown: break;
  }
  return utc_now_ms() - store::utc_ms_of(status.heartbeat) < kFreshBeatMs;
}

}  // namespace

bool has_living_engine(const std::filesystem::path& run) {
  const auto status = status_of(run);
  return status && is_worked_on(*status);
}

namespace {

std::string send_request(const std::filesystem::path& run, const std::string& command, const Json& args, const std::string& key) {
  if (!store::is_run_directory(run)) throw Error(ErrorCode::bad_data, run.string() + " is not a run directory");
  if (!has_living_engine(run)) {
    const auto status = status_of(run);
    throw Error(ErrorCode::usage, "no engine works on the run " + run.filename().string() + (status ? std::string(" (") + name_of(status->state) + ")" : ""),
                "`geocyte-engine resume` goes on from its last checkpoint");
  }
  return store::send_control(run, command, args, key);
}

OrderReport wait_for(const std::filesystem::path& run, const std::string& id, std::chrono::milliseconds timeout) {
  const auto until = Clock::now() + timeout;
  for (;;) {
    const bool alive = has_living_engine(run);
    // After the look at the engine: an answer it gave right before its end counts.
    if (const auto answer = store::control_answer(run, id)) return {answer->done, answer->text};
    if (!alive) {
      store::withdraw_control(run, id);
      return {false, "the engine ended before it could answer"};
    }
    if (Clock::now() >= until) return {false, "the engine has not answered yet; it will after the step it is in"};
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
}

}  // namespace

std::string send_order(const std::filesystem::path& run, Order order) { return send_request(run, command_of(order), Json::object(), key_of(order)); }

OrderReport give_order(const std::filesystem::path& run, Order order, std::chrono::milliseconds timeout) {
  return wait_for(run, send_order(run, order), timeout);
}

OrderReport give_request(const std::filesystem::path& run, const std::string& command, const Json& args, const std::string& key,
                         std::chrono::milliseconds timeout) {
  return wait_for(run, send_request(run, command, args, key), timeout);
}

std::optional<store::Status> wait_until_ended(const std::filesystem::path& run, std::chrono::milliseconds timeout) {
  const auto until = Clock::now() + timeout;
  for (;;) {
    const auto status = status_of(run);
    if (status && store::is_final(status->state)) return status;
    // The last status is read after the engine was seen to be gone.
    if (status && !is_worked_on(*status)) return status_of(run);
    if (Clock::now() >= until) return std::nullopt;
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
}

}  // namespace geocyte::jobs
