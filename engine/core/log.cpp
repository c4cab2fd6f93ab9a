// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/core/log.h"

#include <fmt/format.h>

#include <chrono>
#include <ctime>

namespace geocyte {

const char* name_of(LogLevel level) {
  switch (level) {
    case LogLevel::debug: return "debug";
    case LogLevel::info: return "info";
    case LogLevel::warning: return "warning";
    case LogLevel::error: return "error";
  }
  return "info";
}

std::int64_t utc_now_ms() {
  const auto since_epoch = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::milliseconds>(since_epoch).count();
}

std::string utc_now_text() {
  const std::int64_t now_ms = utc_now_ms();
  const std::time_t seconds = static_cast<std::time_t>(now_ms / 1000);
  std::tm utc{};
  ::gmtime_r(&seconds, &utc);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z", utc.tm_year + 1900, utc.tm_mon + 1, utc.tm_mday,
                     utc.tm_hour, utc.tm_min, utc.tm_sec, now_ms % 1000);
}

void Log::write(LogLevel level, std::string_view text) const {
  if (!sink_) return;
  const std::string line = fmt::format("{} {:<7} {}", utc_now_text(), name_of(level), text);
  const std::lock_guard lock(mutex_);
  sink_(level, line);
}

}  // namespace geocyte
