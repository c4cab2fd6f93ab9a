// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/store/contract/memory_sink.h"

#include <cstdlib>
#include <system_error>

#include "engine/core/check.h"
#include "engine/store/contract/verdict_json.h"

namespace geocyte::store {

MemorySink::~MemorySink() {
  if (temporary_.empty()) return;
  std::error_code ignored;
  std::filesystem::remove_all(temporary_, ignored);
}

void MemorySink::write_axes(const std::vector<Axis>& axes) {
  const std::lock_guard lock(mutex_);
  axes_ = axes;
}

void MemorySink::scalar(const std::string& tag, std::int64_t step, double value) {
  const std::lock_guard lock(mutex_);
  scalars_[tag].emplace_back(step, value);
}

void MemorySink::event(std::int64_t step, const std::string& kind, Json details) {
  const std::lock_guard lock(mutex_);
  events_.push_back({step, kind, std::move(details)});
}

void MemorySink::snapshot(Snapshot snapshot) {
  for (const auto& [tag, value] : snapshot.scalars) scalar(tag, snapshot.step, value);
  for (const Verdict& verdict : snapshot.verdicts) event(snapshot.step, "verdict", to_json(verdict));
  const std::lock_guard lock(mutex_);
  snapshots_.push_back(std::move(snapshot));
}

void MemorySink::status(const Status& status) {
  const std::lock_guard lock(mutex_);
  statuses_.push_back(status);
}

std::vector<ControlRequest> MemorySink::poll_control() {
  std::function<std::vector<ControlRequest>(std::int64_t)> supply;
  std::int64_t looks = 0;
  {
    const std::lock_guard lock(mutex_);
    supply = supply_;
    looks = looks_++;
  }
  if (supply)
    for (ControlRequest& made : supply(looks)) request(std::move(made));
  const std::lock_guard lock(mutex_);
  return std::exchange(inbox_, {});
}

void MemorySink::answer(const ControlRequest& request, bool done, const std::string& text, std::int64_t step) {
  const std::lock_guard lock(mutex_);
  answers_.push_back({request, done, text, step});
  events_.push_back({step, "control", {{"id", request.id}, {"command", request.command}, {"done", done}, {"text", text}}});
}

void MemorySink::answer_probe(const ControlRequest& request, Snapshot made, std::int64_t step) {
  {
    const std::lock_guard lock(mutex_);
    probes_[request.id] = std::move(made);
  }
  answer(request, true, "answered", step);
}

std::map<std::string, Snapshot> MemorySink::probes() const {
  const std::lock_guard lock(mutex_);
  return probes_;
}

std::string MemorySink::folder(const std::string& relative) {
  const std::lock_guard lock(mutex_);
  if (base_.empty()) {
    std::string pattern = (std::filesystem::temp_directory_path() / "geocyte-XXXXXX").string();
    require(mkdtemp(pattern.data()) != nullptr, "a temporary directory can be made");
    temporary_ = base_ = pattern;
  }
  const std::filesystem::path folder = base_ / relative;
  std::filesystem::create_directories(folder);
  return folder.string();
}

void MemorySink::log(const std::string& level, const std::string& text) {
  const std::lock_guard lock(mutex_);
  log_lines_.push_back(level + ' ' + text);
}

void MemorySink::request(ControlRequest request) {
  const std::lock_guard lock(mutex_);
  if (!request.key.empty())
    std::erase_if(inbox_, [&](const ControlRequest& waiting) {
      if (waiting.key != request.key) return false;
      answers_.push_back({waiting, false, "a newer request took its place", 0});
      return true;
    });
  inbox_.push_back(std::move(request));
}

void MemorySink::on_poll(std::function<std::vector<ControlRequest>(std::int64_t)> supply) {
  const std::lock_guard lock(mutex_);
  supply_ = std::move(supply);
}

std::vector<Axis> MemorySink::axes() const {
  const std::lock_guard lock(mutex_);
  return axes_;
}

std::map<std::string, MemorySink::Series> MemorySink::scalars() const {
  const std::lock_guard lock(mutex_);
  return scalars_;
}

MemorySink::Series MemorySink::series(const std::string& tag) const {
  const std::lock_guard lock(mutex_);
  const auto found = scalars_.find(tag);
  return found == scalars_.end() ? Series{} : found->second;
}

std::vector<MemorySink::Event> MemorySink::events() const {
  const std::lock_guard lock(mutex_);
  return events_;
}

std::vector<MemorySink::Event> MemorySink::events(const std::string& kind) const {
  const std::lock_guard lock(mutex_);
  std::vector<Event> chosen;
  for (const Event& event : events_)
    if (event.kind == kind) chosen.push_back(event);
  return chosen;
}

std::vector<Snapshot> MemorySink::snapshots() const {
  const std::lock_guard lock(mutex_);
  return snapshots_;
}

std::vector<Status> MemorySink::statuses() const {
  const std::lock_guard lock(mutex_);
  return statuses_;
}

Status MemorySink::status() const {
  const std::lock_guard lock(mutex_);
  return statuses_.empty() ? Status{} : statuses_.back();
}

std::vector<MemorySink::Answer> MemorySink::answers() const {
  const std::lock_guard lock(mutex_);
  return answers_;
}

std::vector<std::string> MemorySink::log_lines() const {
  const std::lock_guard lock(mutex_);
  return log_lines_;
}

}  // namespace geocyte::store
