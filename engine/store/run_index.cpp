// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/store/run_index.h"

#include <algorithm>
#include <system_error>

#include "engine/core/error.h"
#include "engine/store/run_layout.h"

namespace geocyte::store {
namespace {

namespace fs = std::filesystem;

std::int64_t modified(const fs::path& path) {
  std::error_code why;
  const auto time = fs::last_write_time(path, why);
  return why ? -1 : time.time_since_epoch().count();
}

IndexedRun open_run(const fs::path& folder) {
  IndexedRun run;
  run.directory = run.facts.directory = folder;
  run.facts.id = run.facts.name = folder.filename().string();
  try {
    run.facts = read_run_facts(folder);
  } catch (const Error& error) {
    run.problem = error.message();
  }
  return run;
}

}  // namespace

std::vector<IndexedRun> RunIndex::scan() {
  for (auto& [path, known] : known_) known.seen = false;
  std::size_t visited = 0;
  visit(runs_, 0, visited);
  std::erase_if(known_, [](const auto& entry) { return !entry.second.seen; });
  std::vector<IndexedRun> runs;
  for (const auto& [path, known] : known_) runs.push_back(known.run);
  std::stable_sort(runs.begin(), runs.end(), [](const IndexedRun& a, const IndexedRun& b) { return a.facts.created_ms > b.facts.created_ms; });
  return runs;
}

void RunIndex::visit(const fs::path& folder, int depth, std::size_t& visited) {
  if (++visited > limits_.max_folders) return;
  const bool ours = is_run_directory(folder);
  // run.json is written once; a foreign folder changes when a file comes or goes.
  const std::int64_t stamp = modified(ours ? folder / kRunFile : folder);
  if (ours || !event_file_names(folder).empty()) {
    Known& known = known_[folder.string()];
    if (known.run.directory.empty() || known.stamp != stamp) known.run = open_run(folder);
    known.stamp = stamp;
    known.seen = true;
  }
  if (ours || depth >= limits_.max_depth) return;
  std::error_code why;
  for (fs::directory_iterator at(folder, why), end; !why && at != end; at.increment(why)) {
    std::error_code gone;
    if (at->symlink_status(gone).type() != fs::file_type::directory || at->path().filename().string().starts_with('.')) continue;
    visit(at->path(), depth + 1, visited);
  }
}

}  // namespace geocyte::store
