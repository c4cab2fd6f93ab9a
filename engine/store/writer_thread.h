// SPDX-License-Identifier: GPL-3.0-or-later
// The one thread that writes what a run produces: work in the order it was given, scalars in batches. The queue is bounded;
// a caller waits only when the disk is behind by very much. The first error closes the queue: it is thrown by each later call.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "engine/core/error.h"

namespace geocyte::store {

struct ScalarRecord {
  std::string tag;
  std::int64_t step = 0;
  double wall_time_s = 0, value = 0;
};

class WriterThread {
 public:
  struct Hooks {
    std::function<void(const std::vector<ScalarRecord>&)> write_scalars;
    /// Is told of the first error, on the thread that met it, before anybody else hears of it.
    std::function<Error(const Error&, std::size_t wanted_bytes)> failed;
  };
  WriterThread(Hooks hooks, double flush_ms, std::size_t max_waiting_bytes);
  /// Does what is queued.
  ~WriterThread();
  WriterThread(const WriterThread&) = delete;
  WriterThread& operator=(const WriterThread&) = delete;

  /// Throws the first error, if there was one.
  void check() const;
  void fail(const Error& error, std::size_t wanted_bytes);
  bool has_failed() const;

  void scalar(ScalarRecord record);
  void work(std::function<void()> task, std::size_t bytes = 0);
  /// Done even after a failure; its own failure is nobody's concern.
  void last_words(std::function<void()> task);
  /// False when `bytes` more would be too much to keep in memory.
  bool has_room_for(std::size_t bytes) const;
  /// Waits until everything queued was done. Throws the first error.
  void drain();
  /// Share of wall time spent writing.
  double busy_share() const;

 private:
  struct Task {
    std::function<void()> run;
    std::size_t bytes = 0;
    bool even_after_failure = false;
  };
  void push(Task task);
  void loop();
  void carry_out(const std::vector<ScalarRecord>& scalars, std::deque<Task>& tasks);

  const Hooks hooks_;
  const std::chrono::duration<double, std::milli> flush_;
  const std::size_t max_waiting_bytes_;
  const std::chrono::steady_clock::time_point born_ = std::chrono::steady_clock::now();
  std::mutex failing_;                     ///< one failure at a time is told of
  mutable std::mutex mutex_;
  std::condition_variable wake_, done_;
  std::vector<ScalarRecord> scalars_;
  std::deque<Task> tasks_;
  std::size_t waiting_bytes_ = 0;
  std::uint64_t given_ = 0, finished_ = 0;
  bool hurry_ = false, closing_ = false;
  std::optional<Error> failure_;
  std::atomic<double> busy_s_{0};
  std::thread thread_;
};

}  // namespace geocyte::store
