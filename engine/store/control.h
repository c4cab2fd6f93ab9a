// SPDX-License-Identifier: GPL-3.0-or-later
// The other end of the control inbox: how the window and the command line ask a running engine for something.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include "engine/core/json.h"

namespace geocyte::store {

struct ControlAnswer {
  bool done = false;
  std::string text;                        ///< why it was refused, or what was done
  std::int64_t step = 0;
};

/// Writes a request into the inbox of `run` (hidden file, then rename) and returns its id at once. `key` ties requests of
/// one kind together: a newer one cancels an older one that waits. Throws Error{bad_data} when `run` is not a run
/// directory, Error{storage} when it cannot be written.
std::string send_control(const std::filesystem::path& run, const std::string& command, const Json& args = Json::object(),
                         const std::string& key = {}, const std::string& by = "user");

/// The answer to request `id`; nothing while there is none. One look at one file: meant to be polled.
std::optional<ControlAnswer> control_answer(const std::filesystem::path& run, const std::string& id);

/// Waits for the answer, looking every 20 ms. Nothing after `timeout`.
std::optional<ControlAnswer> wait_for_answer(const std::filesystem::path& run, const std::string& id,
                                             std::chrono::milliseconds timeout);

/// Takes back a request that nobody has answered, e.g. after a timeout. False when it was handled meanwhile.
bool withdraw_control(const std::filesystem::path& run, const std::string& id);

}  // namespace geocyte::store
