// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/io/scalar_log.h"

#include <algorithm>

namespace geocyte::io {
namespace {

void mark(ScalarLog::Changes& changes, const std::string& tag, std::size_t index) {
  const auto [place, is_new] = changes.first_changed.try_emplace(tag, index);
  if (!is_new) place->second = std::min(place->second, index);
}

}  // namespace

ScalarLog::Changes ScalarLog::poll(std::size_t max_bytes) {
  Changes changes;
  find_files();
  for (auto& [name, reader] : readers_) {
    const std::uint64_t before = reader.offset();
    changes.more = reader.poll([&](const ScalarEvent& event) { take(event, changes); }, max_bytes);
    if (changes.more) break;  // a later file must wait, or its session start would drop too little
    max_bytes -= std::min<std::size_t>(max_bytes, reader.offset() - before);
    if (max_bytes == 0) {
      changes.more = true;
      break;
    }
  }
  return changes;
}

void ScalarLog::find_files() {
  std::error_code ignored;
  for (const auto& entry : std::filesystem::directory_iterator(folder_, ignored)) {
    const std::string name = entry.path().filename().string();
    if (name.find("tfevents") != std::string::npos) readers_.try_emplace(name, entry.path());
  }
}

void ScalarLog::take(const ScalarEvent& event, Changes& changes) {
  if (event.kind == ScalarEvent::Kind::session_start) return drop_from(event.step, changes);
  const std::string tag(event.tag);
  ScalarSeries& series = series_[tag];
  mark(changes, tag, series.size());
  series.steps.push_back(event.step);
  series.wall_times_s.push_back(event.wall_time_s);
  series.values.push_back(event.value);
  ++changes.added;
}

void ScalarLog::drop_from(std::int64_t step, Changes& changes) {
  for (auto& [tag, series] : series_) {
    // Steps ascend in our own files; a foreign one may mix them, so every element is looked at.
    std::size_t kept = 0, first_dropped = series.size();
    for (std::size_t i = 0; i < series.size(); ++i) {
      if (series.steps[i] >= step) {
        first_dropped = std::min(first_dropped, i);
        continue;
      }
      series.steps[kept] = series.steps[i];
      series.wall_times_s[kept] = series.wall_times_s[i];
      series.values[kept] = series.values[i];
      ++kept;
    }
    if (kept == series.size()) continue;
    series.steps.resize(kept);
    series.wall_times_s.resize(kept);
    series.values.resize(kept);
    mark(changes, tag, first_dropped);
  }
}

const ScalarSeries* ScalarLog::find(const std::string& tag) const {
  const auto place = series_.find(tag);
  return place == series_.end() ? nullptr : &place->second;
}

std::optional<std::int64_t> ScalarLog::last_step() const {
  std::optional<std::int64_t> last;
  for (const auto& [tag, series] : series_)
    if (series.size() > 0) last = std::max(last.value_or(series.steps.back()), series.steps.back());
  return last;
}

std::vector<std::string> ScalarLog::problems() const {
  std::vector<std::string> texts;
  for (const auto& [name, reader] : readers_) {
    if (!reader.problem().empty()) texts.push_back(reader.problem());
    if (reader.damaged_records() > 0)
      texts.push_back(name + " has " + std::to_string(reader.damaged_records()) + " damaged records, which were left out");
  }
  return texts;
}

}  // namespace geocyte::io
