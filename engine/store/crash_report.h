// SPDX-License-Identifier: GPL-3.0-or-later
// crash.txt: what a fatal signal leaves behind: signal, last step, backtrace and memory map. The handler uses
// async-signal-safe calls only, runs on a stack of its own (so that a stack overflow is reported too), and then lets the
// signal take its course, so that exit status and core dump are as without it.
#pragma once

#include <atomic>
#include <cstdint>
#include <filesystem>

namespace geocyte::store {

/// At most one at a time in a process (Error{internal} otherwise); the former handlers come back with its end.
class CrashReport {
 public:
  /// `step` must outlive the report; null when there is none.
  CrashReport(const std::filesystem::path& run, const std::atomic<std::int64_t>* step);
  ~CrashReport();
  CrashReport(const CrashReport&) = delete;
  CrashReport& operator=(const CrashReport&) = delete;
};

}  // namespace geocyte::store
