// SPDX-License-Identifier: GPL-3.0-or-later
// A few threads that work through many short rounds together. parallel.h makes its threads anew for each loop, which costs
// as much as a round of Sinkhorn updates; a team makes them once and lets them wait between rounds: shortly on the
// processor, then asleep. As there, a task must write only its own results; a task throws nothing.
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
    work_ = nullptr;
    call();
  }
  Team(const Team&) = delete;
  Team& operator=(const Team&) = delete;

  /// Calls work(task) for each task in [0, tasks) and returns when all are done.
  void run(std::int64_t tasks, const std::function<void(std::int64_t)>& work) {
    tasks_ = tasks;
    next_.store(0, std::memory_order_relaxed);
    work_ = &work;
    busy_.store(static_cast<int>(helpers_.size()), std::memory_order_relaxed);
    call();
    drain();
    wait_while(busy_, [](int busy) { return busy != 0; });
  }

 private:
  static constexpr int kSpins = 2000;      // a few microseconds: about the time until the slowest block ends

  template <class Number, class Condition>
  static void wait_while(std::atomic<Number>& number, Condition condition) {
    Number seen = number.load(std::memory_order_acquire);
    for (int spin = 0; condition(seen); ++spin) {
      if (spin > kSpins) number.wait(seen, std::memory_order_acquire);
      seen = number.load(std::memory_order_acquire);
    }
  }

  void call() {
    round_.fetch_add(1, std::memory_order_release);
    round_.notify_all();
  }

  void drain() {
    for (std::int64_t task = next_++; task < tasks_; task = next_++) (*work_)(task);
  }

  void help() {
    for (std::int64_t done = 0;; ++done) {
      wait_while(round_, [done](std::int64_t round) { return round == done; });
      if (work_ == nullptr) return;
      drain();
      if (busy_.fetch_sub(1, std::memory_order_acq_rel) == 1) busy_.notify_all();
    }
  }

  const std::function<void(std::int64_t)>* work_ = nullptr;
  std::int64_t tasks_ = 0;
  std::atomic<std::int64_t> next_{0}, round_{0};
  std::atomic<int> busy_{0};
  std::vector<std::jthread> helpers_;      // last member: its threads end before the others are gone
};

}  // namespace geocyte::kernels
