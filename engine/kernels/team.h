// SPDX-License-Identifier: GPL-3.0-or-later
// A few threads that work through many short rounds together. parallel.h makes its threads anew for each loop, which costs
// as much as a round of Sinkhorn updates; a team makes them once and lets them wait between rounds: shortly on the
// processor, then asleep. A round ends when its tasks are done, not when all threads have come: on a busy machine a helper that
// is not given a processor holds nobody up. As there, a task must write only its own results; a task throws nothing.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <thread>
#include <vector>

#include "engine/kernels/parallel.h"

namespace geocyte::kernels {

class Team {
 public:
  /// `threads` as in thread_count(); the calling thread is one of them.
  explicit Team(int threads) {
    for (int i = thread_count(threads) - 1; i > 0; --i) helpers_.emplace_back([this] { help(); });
  }
  ~Team() {
    stop_.store(true, std::memory_order_relaxed);
    publish(0);
  }
  Team(const Team&) = delete;
  Team& operator=(const Team&) = delete;

  /// Calls work(task) for each task in [0, tasks) and returns when all are done. tasks < 2^32.
  void run(std::int64_t tasks, const std::function<void(std::int64_t)>& work) {
    tasks_ = tasks;
    work_ = &work;
    done_.store(0, std::memory_order_relaxed);
    publish(static_cast<std::uint64_t>(tasks));
    while (take_one()) {
    }
    wait_while(done_, [tasks](std::int64_t done) { return done != tasks; });
  }

 private:
  static constexpr int kSpins = 2000;      // a few microseconds: about the time until the slowest block ends
  static constexpr std::uint64_t kLeft = 0xffffffff;

  template <class Number, class Condition>
  static Number wait_while(std::atomic<Number>& number, Condition condition) {
    Number seen = number.load(std::memory_order_acquire);
    for (int spin = 0; condition(seen); ++spin) {
      if (spin > kSpins) number.wait(seen, std::memory_order_acquire);
      seen = number.load(std::memory_order_acquire);
    }
    return seen;
  }

  void publish(std::uint64_t tasks) {
    round_.store(((round_.load(std::memory_order_relaxed) >> 32) + 1) << 32 | tasks, std::memory_order_release);
    round_.notify_all();
  }

  /// Whether there was a task left. Who has claimed one holds the round open, so that work_ and tasks_ are those of the claim.
  bool take_one() {
    std::uint64_t seen = round_.load(std::memory_order_acquire);
    do {
      if ((seen & kLeft) == 0) return false;
    } while (!round_.compare_exchange_weak(seen, seen - 1, std::memory_order_acq_rel));
    (*work_)(tasks_ - static_cast<std::int64_t>(seen & kLeft));
    const std::int64_t all = tasks_;       // once the last task is counted, the next round may begin
    if (done_.fetch_add(1, std::memory_order_acq_rel) + 1 == all) done_.notify_all();
    return true;
  }

  void help() {
    while (true) {
      wait_while(round_, [this](std::uint64_t round) { return (round & kLeft) == 0 && !stop_.load(std::memory_order_relaxed); });
      if (stop_.load(std::memory_order_relaxed)) return;
      while (take_one()) {
      }
    }
  }

  const std::function<void(std::int64_t)>* work_ = nullptr;
  std::int64_t tasks_ = 0;
  std::atomic<std::uint64_t> round_{0};    ///< number of the round << 32 | tasks that nobody has taken
  std::atomic<std::int64_t> done_{0};
  std::atomic<bool> stop_{false};
  std::vector<std::jthread> helpers_;      // last member: its threads end before the others are gone
};

}  // namespace geocyte::kernels
