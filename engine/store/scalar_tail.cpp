// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/store/scalar_tail.h"

#include <algorithm>
#include <system_error>

#include <fmt/format.h>

#include "engine/store/run_layout.h"

namespace geocyte::store {
namespace {

// A run has hundreds of tags; a file that invents a new one in each record must not fill the memory of the window.
constexpr std::size_t kMostCurves = 10'000, kLongestCurveName = 1024;

}  // namespace

bool ScalarTail::must_restart(const std::vector<std::string>& names) const {
  return std::any_of(readers_.begin(), readers_.end(), [&](const auto& entry) {
    if (!std::binary_search(names.begin(), names.end(), entry.first)) return true;
    std::error_code gone;
    const std::uintmax_t size = std::filesystem::file_size(folder_ / entry.first, gone);
    return !gone && size < entry.second.offset();
  });
}

ScalarUpdate ScalarTail::poll(std::size_t budget_bytes) {
  ScalarUpdate update;
  const std::vector<std::string> names = event_file_names(folder_);
  if (must_restart(names)) {
    readers_.clear();
    tags_.clear();
    update.restarted = true;
  }
  for (const std::string& name : names) {
    io::EventReader& reader = readers_.try_emplace(name, folder_ / name).first->second;
    const std::uint64_t before = reader.offset();
    const bool more = reader.poll([&](const io::ScalarEvent& event) { take(event, update); }, budget_bytes);
    if (!reader.problem().empty() && update.problem.empty()) update.problem = fmt::format("{}: {}", name, reader.problem());
    const std::size_t used = reader.offset() - before;
    if (more || used >= budget_bytes) {
      update.more = true;
      break;
    }
    budget_bytes -= used;
  }
  std::erase_if(update.points, [](const auto& entry) { return entry.second.empty(); });
  if (too_many_tags_ && update.problem.empty()) update.problem = fmt::format("more than {} different scalars: the others are not shown", kMostCurves);
  return update;
}

void ScalarTail::take(const io::ScalarEvent& event, ScalarUpdate& update) {
  if (event.kind == io::ScalarEvent::Kind::session_start) {
    for (auto& [tag, points] : update.points) std::erase_if(points, [&](const ScalarPoint& point) { return point.step >= event.step; });
    update.superseded_from = std::min(update.superseded_from.value_or(event.step), event.step);
    return;
  }
  if (!tags_.contains(event.tag)) {
    if (tags_.size() >= kMostCurves || event.tag.size() > kLongestCurveName) {
      too_many_tags_ = true;
      return;
    }
    tags_.emplace(event.tag);
  }
  update.points[std::string(event.tag)].push_back({event.step, event.value, event.wall_time_s});
}

}  // namespace geocyte::store
