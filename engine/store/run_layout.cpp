// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/store/run_layout.h"

#include <algorithm>
#include <system_error>

#include <fmt/format.h>

#include "engine/core/check.h"
#include "engine/core/text.h"

namespace geocyte::store {
namespace {

bool is_part(std::string_view part) {
  return part.size() <= 64 && std::all_of(part.begin(), part.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
  });
}

}  // namespace

std::string snapshot_file_name(std::int64_t step, std::string_view part) {
  require(step >= 0, "the step of a snapshot is not negative");
  require(is_part(part), "the part of a snapshot is named with letters, digits, '_' and '-'");
  return part.empty() ? fmt::format("{:08}.h5", step) : fmt::format("{:08}.{}.h5", step, part);
}

std::optional<SnapshotName> parse_snapshot_name(std::string_view file_name) {
  constexpr std::string_view kEnding = ".h5";
  if (!file_name.ends_with(kEnding)) return std::nullopt;
  const std::string_view stem = file_name.substr(0, file_name.size() - kEnding.size());
  const std::size_t dot = stem.find('.');
  const std::string_view digits = stem.substr(0, dot);
  SnapshotName name;
  if (!parse_integer(digits, name.step) || name.step < 0) return std::nullopt;
  if (dot != std::string_view::npos) {
    name.part = stem.substr(dot + 1);
    if (name.part.empty() || !is_part(name.part)) return std::nullopt;
  }
  // One spelling a step: "+7.h5" and "7.h5" are not ours.
  if (fmt::format("{:08}", name.step) != digits) return std::nullopt;
  return name;
}

bool is_clean_relative(std::string_view path) {
  if (path.empty() || path.size() > 255) return false;
  if (std::any_of(path.begin(), path.end(), [](unsigned char c) { return c < 0x20 || c == 0x7f || c == '\\'; })) return false;
  for (const std::string& piece : split(path, '/'))
    if (piece.empty() || piece == "." || piece == "..") return false;
  return true;
}

bool is_run_directory(const std::filesystem::path& folder) {
  std::error_code why;
  return std::filesystem::symlink_status(folder / kRunFile, why).type() == std::filesystem::file_type::regular;
}

std::vector<std::string> event_file_names(const std::filesystem::path& folder) {
  constexpr std::size_t kMost = 10'000;
  std::vector<std::string> names;
  std::error_code why;
  for (std::filesystem::directory_iterator at(folder, why), end; !why && at != end && names.size() < kMost; at.increment(why)) {
    std::error_code gone;
    std::string name = at->path().filename().string();
    if (name.find("tfevents") != std::string::npos && at->symlink_status(gone).type() == std::filesystem::file_type::regular)
      names.push_back(std::move(name));
  }
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace geocyte::store
