// SPDX-License-Identifier: GPL-3.0-or-later
// Blocks of independent work on a few threads. Which thread does which block is left to chance, so a block must write
// only its own results: then the outcome does not depend on the number of threads.
// Plain threads that sleep when idle: spinning pools starve a trainer and a window on a small machine.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

namespace geocyte::kernels {

/// `wanted`, or one a core when it is not positive.
inline int thread_count(int wanted) {
  if (wanted > 0) return wanted;
  const unsigned cores = std::thread::hardware_concurrency();
  return cores > 0 ? static_cast<int>(cores) : 1;
}

/// Calls work(block) for each block in [0, blocks), the calling thread included. The first exception is thrown again
/// after all threads ended; blocks not yet begun are then left out.
template <class Work>
void parallel_blocks(int threads, std::int64_t blocks, const Work& work) {
  std::atomic<std::int64_t> next{0};
  std::exception_ptr failure;
  std::mutex failure_mutex;
  const auto run = [&] {
    try {
      for (std::int64_t block = next++; block < blocks; block = next++) work(block);
    } catch (...) {
      next = blocks;
      const std::lock_guard lock(failure_mutex);
      if (!failure) failure = std::current_exception();
    }
  };
  const auto helpers = std::min<std::int64_t>(thread_count(threads), blocks) - 1;
  {
    std::vector<std::jthread> pool;
    for (std::int64_t i = 0; i < helpers; ++i) pool.emplace_back(run);
    run();
  }
  if (failure) std::rethrow_exception(failure);
}

}  // namespace geocyte::kernels
