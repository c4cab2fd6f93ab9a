// SPDX-License-Identifier: GPL-3.0-or-later
// The engine's end of the control inbox. Anybody may put files there, so nothing in them is trusted: what cannot be
// understood is moved to control/done with the reason and becomes an event, never a crash.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "engine/core/json.h"
#include "engine/store/contract/run_sink.h"

namespace geocyte::store {

/// Longer requests are refused: the largest of ours carries a handful of numbers.
inline constexpr std::size_t kMaxRequestBytes = std::size_t{64} << 10;

class ControlInbox {
 public:
  /// Is told of every request that was answered, with the details of the "control" event.
  using Answered = std::function<void(Json details)>;
  ControlInbox(const std::filesystem::path& run, Answered answered);

  /// Refuses what lies in the inbox now: orders to an engine that is dead are not for the one that goes on.
  void refuse_waiting(const std::string& why);
  /// Requests not yet seen, oldest first. One directory look when there are none.
  std::vector<ControlRequest> poll();
  /// Unknown requests (answered twice) are passed over.
  void answer(const ControlRequest& request, bool done, const std::string& text, std::int64_t step);

 private:
  struct Waiting {
    std::string file;
    ControlRequest request;
  };
  std::vector<std::string> new_files() const;
  void refuse_file(const std::string& file, const std::string& why);
  void close_request(const std::string& file, const ControlRequest& request, bool done, const std::string& text, std::int64_t step);

  std::filesystem::path inbox_, done_;
  Answered answered_;
  std::mutex mutex_;
  std::map<std::string, std::string> claimed_;   ///< id -> file
  std::set<std::string> stuck_;                  ///< files that could not be moved: not looked at again
};

}  // namespace geocyte::store
