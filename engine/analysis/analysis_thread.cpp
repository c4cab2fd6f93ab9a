// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/analysis/analysis_thread.h"

#include <fmt/format.h>

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <utility>

#include "engine/analysis/derivation_part.h"
#include "engine/analysis/time_budget.h"
#include "engine/core/error.h"

namespace geocyte::analysis {
namespace {

using Clock = std::chrono::steady_clock;
constexpr std::int64_t kOldestWorthFinishing = 3;  // snapshots
constexpr double kLongestNap = 3600;               // a wait without end is cut into such pieces

double seconds_since(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

/// A light derivation need not wait until the pot has recovered from a heavy one: each may use this part of the share alone.
constexpr double kOwnPart = 0.1;

/// A derivation and what it still owes. Work due is always done on the newest snapshot.
struct Entry {
  config::DerivedSpec spec;
  std::unique_ptr<Derivation> derivation;
  TimeBudget own{0};             ///< what it used itself, against its own part of the share
  bool due = false;
  std::int64_t done_serial = 0;  ///< number of the last snapshot it was tried on
};

}  // namespace

struct AnalysisThread::State {
  State(std::vector<config::DerivedSpec> specs, std::uint64_t seed, double share,
        std::function<void(store::Snapshot)> deliver_to, std::function<void(const std::string&)> log_to)
      : deliver(std::move(deliver_to)), log(std::move(log_to)), budget(share) {
    for (auto& spec : specs) {
      auto derivation = make_derivation(spec, seed);
      entries.push_back({std::move(spec), std::move(derivation)});
    }
    set_share(share);
  }

  void loop();
  void set_share(double share);
  /// The next entry that is due, in turn, and the seconds until it may begin; none = nullptr. Needs the lock.
  std::pair<Entry*, double> next_due();
  void run(Entry& entry, std::unique_lock<std::mutex>& lock);
  bool idle() const;

  const std::function<void(store::Snapshot)> deliver;
  const std::function<void(const std::string&)> log;
  const Clock::time_point start = Clock::now();

  mutable std::mutex mutex;
  std::condition_variable wake, finished;
  std::vector<Entry> entries;
  std::size_t turn = 0;
  TimeBudget budget;
  bool quit = false, unlimited = false, draining = false, running = false;
  Clock::time_point running_since;
  std::int64_t running_serial = 0, serial = 0;  // snapshots are numbered from 1
  StopSource running_stop;
  std::shared_ptr<const store::Snapshot> newest;
  std::shared_ptr<const std::vector<store::Axis>> axes = std::make_shared<const std::vector<store::Axis>>();
  std::jthread thread;  // last: it uses all of the above
};

void AnalysisThread::State::set_share(double share) {
  budget.set_share(share);
  for (auto& entry : entries) entry.own.set_share(kOwnPart * share);
}

std::pair<Entry*, double> AnalysisThread::State::next_due() {
  const double wall = seconds_since(start), pot = unlimited || draining ? 0 : budget.wait(wall);
  std::pair<Entry*, double> next{nullptr, pot};
  for (std::size_t i = 0; i < entries.size(); ++i) {
    Entry& entry = entries[(turn + i) % entries.size()];
    if (!entry.due) continue;
    const double wait = std::min(pot, entry.own.wait(wall));
    if (next.first == nullptr || wait < next.second) next = {&entry, wait};
  }
  return next;
}

bool AnalysisThread::State::idle() const {
  for (const auto& entry : entries)
    if (entry.due) return false;
  return !running;
}

void AnalysisThread::State::loop() {
  std::unique_lock lock(mutex);
  while (!quit) {
    const auto [entry, wait] = next_due();
    if (entry == nullptr) {
      wake.wait(lock);
      continue;
    }
    if (wait > 0) {
      wake.wait_for(lock, std::chrono::duration<double>(std::min(wait, kLongestNap)));
      continue;
    }
    run(*entry, lock);
  }
}

void AnalysisThread::State::run(Entry& entry, std::unique_lock<std::mutex>& lock) {
  turn = static_cast<std::size_t>(&entry - entries.data()) + 1;
  entry.due = false;
  entry.done_serial = running_serial = serial;
  running = true;
  running_stop = StopSource();
  running_since = Clock::now();
  const auto snapshot = newest;
  const auto known_axes = axes;
  const StopToken stop = running_stop.get_token();
  lock.unlock();

  std::string failure;
  try {
    store::Snapshot part = entry.derivation->derive(*snapshot, *known_axes, stop);
    if (!stop.stop_requested() && !is_empty(part)) deliver(std::move(part));
  } catch (const Error& error) {
    failure = error.what();
  } catch (const std::bad_alloc&) {
    failure = "out of memory";
  } catch (const std::exception& error) {
    failure = error.what();
  }
  // A picture that fails must not end the training it shows.
  if (!failure.empty() && log)
    log(fmt::format("analysis: {} of step {} is skipped: {}", entry.spec.method, snapshot->step, failure));

  lock.lock();
  const double seconds = seconds_since(running_since);
  budget.use(seconds);
  entry.own.use(seconds);
  running = false;
  finished.notify_all();
}

AnalysisThread::AnalysisThread(std::vector<config::DerivedSpec> specs, std::uint64_t seed, double share,
                               std::function<void(store::Snapshot)> deliver,
                               std::function<void(const std::string&)> log)
    : state_(std::make_unique<State>(std::move(specs), seed, share, std::move(deliver), std::move(log))) {
  state_->thread = std::jthread([state = state_.get()] { state->loop(); });
}

AnalysisThread::~AnalysisThread() {
  {
    const std::lock_guard lock(state_->mutex);
    state_->quit = true;
    state_->running_stop.request_stop();
  }
  state_->wake.notify_all();
  state_->thread.join();
}

void AnalysisThread::set_axes(std::vector<store::Axis> axes) {
  const std::lock_guard lock(state_->mutex);
  state_->axes = std::make_shared<const std::vector<store::Axis>>(std::move(axes));
}

void AnalysisThread::submit(store::Snapshot raw) {
  auto newest = std::make_shared<const store::Snapshot>(std::move(raw));
  {
    const std::lock_guard lock(state_->mutex);
    state_->newest = std::move(newest);
    const std::int64_t earlier = state_->serial++;
    for (auto& entry : state_->entries)
      if (earlier % std::max(entry.spec.every, 1) == 0) entry.due = true;
    if (state_->running && state_->serial - state_->running_serial > kOldestWorthFinishing)
      state_->running_stop.request_stop();
  }
  state_->wake.notify_all();
}

void AnalysisThread::set_share(double share) {
  {
    const std::lock_guard lock(state_->mutex);
    state_->set_share(share);
  }
  state_->wake.notify_all();
}

void AnalysisThread::set_unlimited(bool unlimited) {
  {
    const std::lock_guard lock(state_->mutex);
    state_->unlimited = unlimited;
  }
  state_->wake.notify_all();
}

void AnalysisThread::drain(double timeout_s) {
  std::unique_lock lock(state_->mutex);
  if (state_->newest == nullptr) return;
  for (auto& entry : state_->entries)
    if (entry.done_serial < state_->serial) entry.due = true;
  state_->draining = true;
  state_->wake.notify_all();
  const auto is_idle = [&] { return state_->idle(); };
  if (!state_->finished.wait_for(lock, std::chrono::duration<double>(timeout_s), is_idle)) {
    for (auto& entry : state_->entries) entry.due = false;
    state_->running_stop.request_stop();
    state_->finished.wait(lock, is_idle);
  }
  state_->draining = false;
}

double AnalysisThread::used_seconds() const {
  const std::lock_guard lock(state_->mutex);
  return state_->budget.used() + (state_->running ? seconds_since(state_->running_since) : 0);
}

}  // namespace geocyte::analysis
