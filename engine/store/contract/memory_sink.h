// SPDX-License-Identifier: GPL-3.0-or-later
// A run sink over memory: for tests of training, and wherever a run needs no directory. Folders it is asked for lie in a
// temporary directory that goes with it.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "engine/store/contract/run_sink.h"

namespace geocyte::store {

class MemorySink : public RunSink {
 public:
  struct Event {
    std::int64_t step = 0;
    std::string kind;
    Json details;
  };
  struct Answer {
    ControlRequest request;
    bool done = false;
    std::string text;
    std::int64_t step = 0;
  };
  using Series = std::vector<std::pair<std::int64_t, double>>;

  MemorySink() = default;
  /// Folders are made below `base` and stay.
  explicit MemorySink(std::filesystem::path base) : base_(std::move(base)) {}
  ~MemorySink() override;
  MemorySink(const MemorySink&) = delete;
  MemorySink& operator=(const MemorySink&) = delete;

  void write_axes(const std::vector<Axis>& axes) override;
  void scalar(const std::string& tag, std::int64_t step, double value) override;
  void event(std::int64_t step, const std::string& kind, Json details) override;
  /// Scalars of the snapshot become scalars, its verdicts events, as in a run directory.
  void snapshot(Snapshot snapshot) override;
  void status(const Status& status) override;
  std::vector<ControlRequest> poll_control() override;
  void answer(const ControlRequest& request, bool done, const std::string& text, std::int64_t step) override;
  void answer_probe(const ControlRequest& request, Snapshot answer, std::int64_t step) override;
  std::string folder(const std::string& relative) override;
  void log(const std::string& level, const std::string& text) override;
  void flush() override {}

  /// Puts a request into the inbox. Safe while training runs. A waiting one with the same non-empty key is refused.
  void request(ControlRequest request);
  /// Is asked at each look into the inbox with the number of looks before it: requests at exact moments.
  void on_poll(std::function<std::vector<ControlRequest>(std::int64_t looks)> supply);

  // Copies, so that a test may look while another thread writes.
  std::vector<Axis> axes() const;
  std::map<std::string, Series> scalars() const;
  Series series(const std::string& tag) const;             ///< empty when there is none
  std::vector<Event> events() const;
  std::vector<Event> events(const std::string& kind) const;
  std::vector<Snapshot> snapshots() const;
  std::vector<Status> statuses() const;                    ///< every one that was reported, oldest first
  Status status() const;                                   ///< the newest; a default one before the first
  std::vector<Answer> answers() const;
  std::map<std::string, Snapshot> probes() const;          ///< by id of the request
  std::vector<std::string> log_lines() const;              ///< "info text"

 private:
  mutable std::mutex mutex_;
  std::filesystem::path base_, temporary_;
  std::vector<Axis> axes_;
  std::map<std::string, Series> scalars_;
  std::vector<Event> events_;
  std::vector<Snapshot> snapshots_;
  std::vector<Status> statuses_;
  std::vector<ControlRequest> inbox_;
  std::vector<Answer> answers_;
  std::map<std::string, Snapshot> probes_;
  std::vector<std::string> log_lines_;
  std::function<std::vector<ControlRequest>(std::int64_t)> supply_;
  std::int64_t looks_ = 0;
};

}  // namespace geocyte::store
