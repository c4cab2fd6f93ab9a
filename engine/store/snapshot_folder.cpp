// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/store/snapshot_folder.h"

#include <algorithm>
#include <string>
#include <system_error>

#include "engine/hdf5/array_file.h"
#include "engine/store/array_files.h"
#include "engine/store/run_layout.h"

namespace geocyte::store {

namespace fs = std::filesystem;

SnapshotFolder::SnapshotFolder(fs::path folder, SnapshotLimits limits, Removing removing)
    : folder_(std::move(folder)), limits_(limits), removing_(std::move(removing)) {
  std::error_code why;
  for (fs::directory_iterator at(folder_, why), end; !why && at != end; at.increment(why)) {
    std::error_code gone;
    const std::uint64_t bytes = at->file_size(gone);
    if (const auto name = parse_snapshot_name(at->path().filename().string()); name && !gone) files_[name->step][name->part] = bytes;
  }
}

std::uint64_t SnapshotFolder::write(const Snapshot& snapshot, std::optional<std::int64_t> best_step) {
  const auto raw = files_.find(snapshot.step);
  if (!snapshot.part.empty() && (raw == files_.end() || !raw->second.contains(""))) return 0;
  const fs::path path = folder_ / snapshot_file_name(snapshot.step, snapshot.part);
  // Whole after kill -9 because it is renamed into place; a power cut may cost the newest ones, which can be made again.
  hdf5::write_array_file(path, to_array_file(snapshot), {.gzip = 0, .durable = false});
  std::error_code gone;
  const std::uint64_t bytes = fs::file_size(path, gone);
  files_[snapshot.step][snapshot.part] = gone ? 0 : bytes;
  std::vector<StoredSnapshot> stored;
  for (const auto& [step, parts] : files_) {
    StoredSnapshot& one = stored.emplace_back(StoredSnapshot{step, 0});
    for (const auto& [part, size] : parts) one.bytes += size;
  }
  remove(snapshots_to_remove(stored, limits_, best_step));
  return gone ? 0 : bytes;
}

void SnapshotFolder::remove_from(std::int64_t first_step) {
  std::vector<std::int64_t> steps;
  for (auto at = files_.lower_bound(first_step); at != files_.end(); ++at) steps.push_back(at->first);
  remove(steps);
}

void SnapshotFolder::remove(const std::vector<std::int64_t>& steps) {
  if (steps.empty()) return;
  std::uint64_t bytes = 0;
  for (const std::int64_t step : steps)
    for (const auto& [part, size] : files_[step]) bytes += size;
  removing_(steps, bytes);
  for (const std::int64_t step : steps) {
    std::error_code gone;
    for (const auto& [part, size] : files_[step]) fs::remove(folder_ / snapshot_file_name(step, part), gone);
    files_.erase(step);
  }
}

}  // namespace geocyte::store
