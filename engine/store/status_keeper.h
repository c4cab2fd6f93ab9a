// SPDX-License-Identifier: GPL-3.0-or-later
// The heart of a run: a thread that replaces status.json once a second and at once when what it says changed in kind
// (state, stage, checkpoint, best, error). It beats while a step takes minutes and while the writer waits for the disk.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <mutex>
#include <string>
#include <thread>

#include "engine/core/error.h"
#include "engine/store/contract/status.h"
#include "engine/store/rate_meter.h"

namespace geocyte::store {

class StatusKeeper {
 public:
  /// `write_share` is asked for the share of time the writer took. `failed` is told of a status that could not be
  /// written (on the keeper's thread); the keeper goes on trying.
  StatusKeeper(const std::filesystem::path& run, Status first, double beat_s, const std::atomic<std::int64_t>& newest_step,
               std::function<double()> write_share, std::function<void(const Error&)> failed);
  /// Writes what was reported last.
  ~StatusKeeper();
  StatusKeeper(const StatusKeeper&) = delete;
  StatusKeeper& operator=(const StatusKeeper&) = delete;

  void report(const Status& status);
  /// Waits until everything reported so far was written or could not be.
  void wait_written();
  Status last_reported() const;

 private:
  void beat();
  Status compose(RateMeter& meter);

  const std::filesystem::path file_;
  const std::chrono::duration<double> period_;
  const std::atomic<std::int64_t>& newest_step_;
  const std::function<double()> write_share_;
  const std::function<void(const Error&)> failed_;
  mutable std::mutex mutex_;
  std::condition_variable wake_, written_;
  Status status_;
  std::int64_t last_step_ = 0;
  std::uint64_t reported_ = 1, on_disk_ = 0;   ///< the first status counts as reported
  bool urgent_ = true, closing_ = false;
  std::thread thread_;
};

}  // namespace geocyte::store
