// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/snapshot_cache.h"

#include <algorithm>
#include <set>

#include "engine/core/error.h"

namespace geocyte::desktop {

void SnapshotCache::clear() {
  items_.clear();
  bytes_ = 0;
}

std::shared_ptr<const store::Snapshot> SnapshotCache::get(const store::RunReader& reader, std::int64_t step, const std::string& part) {
  const std::string run = reader.facts().directory.string();
  const auto found = std::find_if(items_.begin(), items_.end(), [&](const Item& i) { return i.step == step && i.part == part && i.run == run; });
  if (found != items_.end()) {
    items_.splice(items_.begin(), items_, found);
    return items_.front().snapshot;
  }
  auto snapshot = std::make_shared<const store::Snapshot>(reader.read_snapshot(step, part));
  std::size_t bytes = 0;
  for (const NamedArray& array : snapshot->arrays) bytes += array.bytes ? array.bytes->size() : 0;
  items_.push_front({run, step, part, bytes, snapshot});
  bytes_ += bytes;
  while (bytes_ > max_bytes_ && items_.size() > 1) {
    bytes_ -= items_.back().bytes;
    items_.pop_back();
  }
  return snapshot;
}

SnapshotCache::Loaded SnapshotCache::load(const store::RunReader& reader, const std::vector<store::SnapshotEntry>& entries, std::int64_t step) {
  Loaded loaded;
  std::set<std::string> seen;
  for (auto entry = entries.rbegin(); entry != entries.rend(); ++entry) {
    if (step >= 0 && entry->step > step) continue;
    for (const std::string& part : entry->parts) {
      if (seen.count(part) != 0) continue;
      try {
        loaded.parts.push_back(get(reader, entry->step, part));
        seen.insert(part);
        loaded.step = std::max(loaded.step, entry->step);
      } catch (const Error& error) {
        // Thinning may have removed it since the listing: the next older one serves.
        loaded.problem = error.what();
      }
    }
  }
  return loaded;
}

}  // namespace geocyte::desktop
