// SPDX-License-Identifier: GPL-3.0-or-later
// Reads a run directory while it grows, or any folder of TensorBoard event files. Everything is polled, keeps an offset,
// and tolerates an unfinished tail and a file that vanished. What is read may be damaged or hostile: sizes are bounded, links
// are not followed, names are checked, and a bad file is one sentence, never a crash. Not thread-safe: one reader, one thread.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/core/json.h"
#include "engine/store/contract/axis.h"
#include "engine/store/contract/snapshot.h"
#include "engine/store/contract/status.h"
#include "engine/store/run_health.h"

namespace geocyte::store {

/// run.json, or what can be said of a foreign folder.
struct RunFacts {
  std::filesystem::path directory;
  std::string id, system, preset, name;
  std::string created;                     ///< UTC; "" = unknown
  std::int64_t created_ms = 0;
  std::uint64_t seed = 0;
  std::vector<std::string> command_line;
  bool foreign = false;                    ///< TensorBoard files that Geocyte did not write: scalars only
  Json all = Json::object();               ///< the whole run.json
};

struct ScalarPoint {
  std::int64_t step = 0;
  double value = 0;                        ///< may be NaN or infinite
  double wall_time = 0;                    ///< seconds since 1970
};

/// Facts of one folder without reading more of it. Throws Error{bad_data} as RunReader does.
RunFacts read_run_facts(const std::filesystem::path& folder);

/// What one look found. Apply in this order: drop all if `restarted`; drop points at and after `superseded_from`; append.
struct ScalarUpdate {
  bool restarted = false;                  ///< a file vanished or shrank: everything comes again
  std::optional<std::int64_t> superseded_from;
  std::map<std::string, std::vector<ScalarPoint>> points;
  bool more = false;                       ///< the look stopped at its budget: look again at once
  std::string problem;                     ///< a damaged file, one sentence; reading went on with the others
};

struct RunEvent {
  std::string time, kind;
  std::int64_t step = 0;
  Json details = Json::object();           ///< the other keys
};

struct SnapshotEntry {
  std::int64_t step = 0;
  std::vector<std::string> parts;          ///< "" first when the raw arrays are there
  std::uint64_t bytes = 0;
};

class RunReader {
 public:
  /// Throws Error{bad_data}: no such folder, neither a run nor TensorBoard files in it, a newer format, damaged run.json.
  explicit RunReader(const std::filesystem::path& folder);
  ~RunReader();
  RunReader(RunReader&&) noexcept;
  RunReader& operator=(RunReader&&) noexcept;

  const RunFacts& facts() const;

  /// True when status.json was replaced since the last call (or was never read); then status() is new.
  bool poll_status();
  /// Nothing before the first beat. A damaged status.json keeps the last good one.
  const std::optional<Status>& status() const;
  /// Derived from the last status; ask after each poll_status().
  Health health();

  /// New scalars of all event files; at most about `budget_bytes` of file a look.
  ScalarUpdate poll_scalars(std::size_t budget_bytes = std::size_t{8} << 20);
  /// New lines of events.jsonl; damaged lines are passed over, an unfinished one waits for its end.
  std::vector<RunEvent> poll_events(std::size_t budget_bytes = std::size_t{4} << 20);
  /// Lines of log.txt that are new since the last call.
  std::vector<std::string> poll_log(std::size_t budget_bytes = std::size_t{1} << 20);

  /// True when the listing of snapshots may have changed since snapshots() was last called. One stat.
  bool snapshots_changed() const;
  /// By step.
  std::vector<SnapshotEntry> snapshots();
  /// Throws Error{bad_data} when it is damaged or was removed meanwhile.
  Snapshot read_snapshot(std::int64_t step, const std::string& part = {}) const;
  bool has_axes() const;
  /// Throws Error{bad_data} when axes.h5 is missing or damaged. Without blocks, arrays of several dimensions and more than 4 MiB
  /// (the genes of each cell) come without their elements: everything else is there in milliseconds.
  std::vector<Axis> read_axes(bool with_blocks = true) const;
  /// "" when there is none.
  std::string config_text() const;

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace geocyte::store
