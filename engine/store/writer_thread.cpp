// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/store/writer_thread.h"

#include <exception>
#include <utility>

namespace geocyte::store {
namespace {

// Bounds of what may wait when the disk hangs: minutes of training, tens of megabytes.
constexpr std::size_t kMaxScalars = std::size_t{1} << 20, kMaxTasks = 4096;

}  // namespace

WriterThread::WriterThread(Hooks hooks, double flush_ms, std::size_t max_waiting_bytes)
    : hooks_(std::move(hooks)), flush_(flush_ms), max_waiting_bytes_(max_waiting_bytes), thread_([this] { loop(); }) {}

WriterThread::~WriterThread() {
  {
    const std::lock_guard lock(mutex_);
    closing_ = true;
  }
  wake_.notify_all();
  thread_.join();
}

void WriterThread::check() const {
  const std::lock_guard lock(mutex_);
  if (failure_) throw *failure_;
}

bool WriterThread::has_failed() const {
  const std::lock_guard lock(mutex_);
  return failure_.has_value();
}

void WriterThread::fail(const Error& error, std::size_t wanted_bytes) {
  const std::lock_guard one(failing_);
  if (has_failed()) return;
  const Error told = hooks_.failed(error, wanted_bytes);
  const std::lock_guard lock(mutex_);
  if (!failure_) failure_ = told;
}

void WriterThread::scalar(ScalarRecord record) {
  std::unique_lock lock(mutex_);
  if (failure_) throw *failure_;
  done_.wait(lock, [this] { return scalars_.size() < kMaxScalars || failure_; });
  if (scalars_.empty()) wake_.notify_all();
  scalars_.push_back(std::move(record));
  ++given_;
}

void WriterThread::push(Task task) {
  std::unique_lock lock(mutex_);
  if (failure_ && !task.even_after_failure) throw *failure_;
  done_.wait(lock, [this] { return tasks_.size() < kMaxTasks || failure_; });
  waiting_bytes_ += task.bytes;
  tasks_.push_back(std::move(task));
  ++given_;
  wake_.notify_all();
}

void WriterThread::work(std::function<void()> task, std::size_t bytes) { push({std::move(task), bytes, false}); }

void WriterThread::last_words(std::function<void()> task) { push({std::move(task), 0, true}); }

bool WriterThread::has_room_for(std::size_t bytes) const {
  const std::lock_guard lock(mutex_);
  return waiting_bytes_ == 0 || waiting_bytes_ + bytes <= max_waiting_bytes_;
}

void WriterThread::drain() {
  std::unique_lock lock(mutex_);
  hurry_ = true;
  wake_.notify_all();
  const std::uint64_t wanted = given_;
  done_.wait(lock, [&] { return finished_ >= wanted; });
  if (failure_) throw *failure_;
}

double WriterThread::busy_share() const {
  const double alive = std::chrono::duration<double>(std::chrono::steady_clock::now() - born_).count();
  return alive > 0 ? busy_s_.load(std::memory_order_relaxed) / alive : 0;
}

void WriterThread::carry_out(const std::vector<ScalarRecord>& scalars, std::deque<Task>& tasks) {
  const auto guarded = [&](const std::function<void()>& run, std::size_t bytes, bool even_after_failure) {
    const bool failed = has_failed();
    if (failed && !even_after_failure) return;
    try {
      run();
    } catch (const Error& error) {
      if (!even_after_failure) fail(error, bytes);
    } catch (const std::exception& error) {
      if (!even_after_failure) fail(Error(ErrorCode::internal, std::string("writing the run failed: ") + error.what()), bytes);
    }
  };
  if (!scalars.empty()) guarded([&] { hooks_.write_scalars(scalars); }, scalars.size() * 64, false);
  while (!tasks.empty()) {
    const Task task = std::move(tasks.front());
    tasks.pop_front();
    guarded(task.run, task.bytes, task.even_after_failure);
    const std::lock_guard lock(mutex_);
    waiting_bytes_ -= task.bytes;
  }
}

void WriterThread::loop() {
  using Clock = std::chrono::steady_clock;
  Clock::time_point due = Clock::now();
  std::unique_lock lock(mutex_);
  for (;;) {
    wake_.wait(lock, [this] { return closing_ || hurry_ || !tasks_.empty() || !scalars_.empty(); });
    // Scalars alone wait for their turn, so that a record carries many and the disk sees few writes.
    wake_.wait_until(lock, due, [this] { return closing_ || hurry_ || !tasks_.empty(); });
    hurry_ = false;
    const std::vector<ScalarRecord> scalars = std::exchange(scalars_, {});
    std::deque<Task> tasks = std::exchange(tasks_, {});
    if (scalars.empty() && tasks.empty()) {
      done_.notify_all();
      if (closing_) return;
      continue;
    }
    lock.unlock();
    const Clock::time_point begin = Clock::now();
    const std::uint64_t count = scalars.size() + tasks.size();
    carry_out(scalars, tasks);
    const Clock::time_point end = Clock::now();
    due = begin + std::chrono::duration_cast<Clock::duration>(flush_);
    busy_s_.store(busy_s_.load(std::memory_order_relaxed) + std::chrono::duration<double>(end - begin).count(), std::memory_order_relaxed);
    lock.lock();
    finished_ += count;
    done_.notify_all();
  }
}

}  // namespace geocyte::store
