// SPDX-License-Identifier: GPL-3.0-or-later
// Pause, go on, stop: what the command line and the window ask of a run, in terms of what the run can do right now.
#pragma once

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>

#include "engine/core/json.h"
#include "engine/store/contract/status.h"

namespace geocyte::jobs {

enum class Order { pause, unpause, stop };

/// How an order went.
struct OrderReport {
  bool accepted = false;
  std::string text;                        ///< one sentence
};

/// Whether an engine works on the run now.
bool has_living_engine(const std::filesystem::path& run);

/// Writes the order into the inbox and returns the id of the request. Throws Error{usage} when no engine works on the run.
std::string send_order(const std::filesystem::path& run, Order order);

/// Sends the order and waits until the engine has answered. When it ends before that, the order is taken back and refused.
/// When it lives and is silent for `timeout`, the order stays (a step may be long) and the report says so.
OrderReport give_order(const std::filesystem::path& run, Order order, std::chrono::milliseconds timeout);

/// Any request of resources/docs/run-directory.md ("extend", "discard", "probe" …) to an engine that works on the run, and its answer;
/// otherwise as give_order().
OrderReport give_request(const std::filesystem::path& run, const std::string& command, const Json& args, const std::string& key,
                         std::chrono::milliseconds timeout);

/// Waits until the run is in a final state or its engine is gone. Returns the last status; nothing after `timeout`.
std::optional<store::Status> wait_until_ended(const std::filesystem::path& run, std::chrono::milliseconds timeout);

}  // namespace geocyte::jobs
