// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/store/status_keeper.h"

#include <algorithm>

#include "engine/core/atomic_file.h"
#include "engine/core/log.h"
#include "engine/store/contract/safe_json.h"
#include "engine/store/process_identity.h"
#include "engine/store/run_layout.h"

namespace geocyte::store {
namespace {

/// Whether somebody who watches should learn of the difference at once.
bool differs_in_kind(const Status& a, const Status& b) {
  const auto best_of = [](const Status& status) { return status.best ? status.best->step : -1; };
  return a.state != b.state || a.stage != b.stage || a.message != b.message || a.last_checkpoint != b.last_checkpoint ||
         a.total_steps != b.total_steps || best_of(a) != best_of(b) || a.error.has_value() != b.error.has_value();
}

}  // namespace

StatusKeeper::StatusKeeper(const std::filesystem::path& run, Status first, double beat_s, const std::atomic<std::int64_t>& newest_step,
                           std::function<double()> write_share, std::function<void(const Error&)> failed)
    : file_(run / kStatusFile),
      period_(beat_s),
      newest_step_(newest_step),
      write_share_(std::move(write_share)),
      failed_(std::move(failed)),
      status_(std::move(first)) {
  const ProcessIdentity own = this_process();
  last_step_ = std::max(status_.step, newest_step_.load());
  status_.pid = own.pid, status_.pid_start_time = own.start_time, status_.host = own.host;
  thread_ = std::thread([this] { beat(); });
}

StatusKeeper::~StatusKeeper() {
  {
    const std::lock_guard lock(mutex_);
    closing_ = true;
  }
  wake_.notify_all();
  thread_.join();
}

void StatusKeeper::report(const Status& status) {
  const std::lock_guard lock(mutex_);
  const bool urgent = differs_in_kind(status, status_);
  Status next = status;
  next.pid = status_.pid, next.pid_start_time = status_.pid_start_time, next.host = status_.host;
  next.last_step_at = status_.last_step_at, next.rate = status_.rate;
  status_ = std::move(next);
  ++reported_;
  if (urgent) {
    urgent_ = true;
    wake_.notify_all();
  }
}

void StatusKeeper::wait_written() {
  std::unique_lock lock(mutex_);
  const std::uint64_t wanted = reported_;
  if (on_disk_ < wanted) {
    urgent_ = true;
    wake_.notify_all();
  }
  written_.wait(lock, [&] { return on_disk_ >= wanted; });
}

Status StatusKeeper::last_reported() const {
  const std::lock_guard lock(mutex_);
  return status_;
}

Status StatusKeeper::compose(RateMeter& meter) {
  // Between two reports the scalars tell how far training is.
  status_.step = std::max(status_.step, newest_step_.load(std::memory_order_relaxed));
  status_.heartbeat = utc_now_text();
  if (status_.step != last_step_) {
    status_.last_step_at = status_.heartbeat;
    last_step_ = status_.step;
  }
  Status now = status_;
  if (now.state == RunState::running) {
    meter.look(RateMeter::Clock::now(), now.step);
    now.rate = meter.steps_per_second();
    if (now.rate > 0 && now.total_steps > now.step) now.eta_s = static_cast<double>(now.total_steps - now.step) / now.rate;
    status_.rate = now.rate;
  } else {
    meter.reset();
  }
  now.rss_bytes = resident_bytes();
  if (now.time_share.write <= 0) now.time_share.write = write_share_();
  return now;
}

void StatusKeeper::beat() {
  RateMeter meter;
  std::unique_lock lock(mutex_);
  for (bool last = false; !last;) {
    wake_.wait_for(lock, period_, [this] { return urgent_ || closing_; });
    last = closing_;
    urgent_ = false;
    const std::uint64_t covers = reported_;
    const std::string text = print_json(to_json(compose(meter)), 1) + "\n";
    lock.unlock();
    try {
      // Not flushed to the platter: a status a second old is worth nothing after a power cut, and waiting is worse.
      write_file_atomically(file_, text, false);
    } catch (const Error& error) {
      failed_(error);
    }
    lock.lock();
    on_disk_ = covers;
    written_.notify_all();
  }
}

}  // namespace geocyte::store
