// SPDX-License-Identifier: GPL-3.0-or-later
// A log is an object handed to whom it concerns, never a global. Lines are "2026-11-21T14:15:30.123Z info  text".
#pragma once

#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>

namespace geocyte {

enum class LogLevel { debug, info, warning, error };
const char* name_of(LogLevel level);

/// UTC now as ISO 8601 with milliseconds and Z.
std::string utc_now_text();
/// Milliseconds since 1970 (UTC).
std::int64_t utc_now_ms();

class Log {
 public:
  using Sink = std::function<void(LogLevel, std::string_view line)>;
  /// A log that writes nowhere.
  Log() = default;
  explicit Log(Sink sink) : sink_(std::move(sink)) {}
  void write(LogLevel level, std::string_view text) const;
  void info(std::string_view text) const { write(LogLevel::info, text); }
  void warning(std::string_view text) const { write(LogLevel::warning, text); }
  void error(std::string_view text) const { write(LogLevel::error, text); }

 private:
  Sink sink_;
  mutable std::mutex mutex_;
};

}  // namespace geocyte
