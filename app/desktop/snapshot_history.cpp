// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/snapshot_history.h"

#include "engine/core/error.h"

namespace geocyte::desktop {
namespace {

constexpr std::int64_t kMostElements = 1 << 20;   // of one array: a matrix of sources has a few dozen

}  // namespace

void SnapshotHistory::add(const store::RunReader& reader, const store::SnapshotEntry& entry, Moment& moment) {
  for (const std::string& part : entry.parts) {
    if (part.empty() || moment.read.count(part) != 0) continue;
    const auto known = useful_.find(part);
    if (known != useful_.end() && !known->second) continue;
    moment.read.insert(part);
    try {
      store::Snapshot found = reader.read_snapshot(entry.step, part);
      auto joined = moment.snapshot ? std::make_shared<store::Snapshot>(*moment.snapshot) : std::make_shared<store::Snapshot>();
      joined->step = entry.step;
      bool any = false;
      for (NamedArray& array : found.arrays) {
        if (names_.count(array.name) == 0 || array.size() > kMostElements) continue;
        joined->arrays.push_back(std::move(array));
        any = true;
      }
      if (known == useful_.end()) useful_.emplace(part, any);
      if (any) moment.snapshot = std::move(joined);
    } catch (const Error&) {
      continue;                                // thinned away meanwhile, or damaged: one moment fewer
    }
  }
}

SnapshotHistory::Moments SnapshotHistory::load(const store::RunReader& reader, const std::vector<store::SnapshotEntry>& entries, const std::set<std::string>& names) {
  const std::string run = reader.facts().directory.string();
  if (run != run_ || names != names_) {
    run_ = run;
    names_ = names;
    useful_.clear();
    moments_.clear();
  }
  std::set<std::int64_t> steps;
  for (auto entry = entries.rbegin(); entry != entries.rend(); ++entry) {   // the newest first: it has most parts
    steps.insert(entry->step);
    add(reader, *entry, moments_[entry->step]);
  }
  std::erase_if(moments_, [&](const auto& moment) { return steps.count(moment.first) == 0; });
  Moments found;
  for (const auto& [step, moment] : moments_)
    if (moment.snapshot) found.push_back(moment.snapshot);
  return found;
}

}  // namespace geocyte::desktop
