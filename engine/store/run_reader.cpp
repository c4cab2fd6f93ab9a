// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/store/run_reader.h"

#include <algorithm>
#include <system_error>

#include <fmt/format.h>
#include <sys/stat.h>

#include "engine/core/error.h"
#include "engine/core/log.h"
#include "engine/hdf5/array_file.h"
#include "engine/store/array_files.h"
#include "engine/store/contract/safe_json.h"
#include "engine/store/line_tail.h"
#include "engine/store/run_layout.h"
#include "engine/store/scalar_tail.h"

namespace geocyte::store {
namespace {

namespace fs = std::filesystem;

/// Tells one state of a file or folder from another without reading it.
struct Stamp {
  std::int64_t modified_ns = -1;
  std::uint64_t inode = 0, size = 0;
  bool operator==(const Stamp&) const = default;
};

Stamp stamp_of(const fs::path& path) {
  struct stat about{};
  if (lstat(path.c_str(), &about) != 0) return {};
  return {std::int64_t{about.st_mtim.tv_sec} * 1'000'000'000 + about.st_mtim.tv_nsec, about.st_ino, static_cast<std::uint64_t>(about.st_size)};
}

bool is_plain_file(const fs::path& path) {
  std::error_code why;
  return fs::symlink_status(path, why).type() == fs::file_type::regular;
}

[[noreturn]] void bad(const std::string& why, const std::string& hint = {}) { throw Error(ErrorCode::bad_data, why, hint); }

RunFacts facts_of_run(const fs::path& folder) {
  RunFacts facts;
  facts.directory = folder;
  facts.all = read_json_file(folder / kRunFile);
  if (!facts.all.is_object()) bad("run.json is not a JSON object");
  const Json format = facts.all.value("format", Json());
  if (!format.is_number_unsigned()) bad("run.json does not say its format");
  if (format.get<std::uint64_t>() > kRunFormat)
    bad(fmt::format("this run was written by a newer Geocyte (format {}, this one knows {})", format.get<std::uint64_t>(), kRunFormat),
        "update Geocyte to open it");
  facts.id = text_at(facts.all, "id");
  if (facts.id.empty()) facts.id = folder.filename().string();
  facts.system = text_at(facts.all, "system");
  facts.preset = text_at(facts.all, "preset");
  facts.name = text_at(facts.all, "name");
  facts.created = text_at(facts.all, "created");
  facts.created_ms = std::max<std::int64_t>(utc_ms_of(facts.created), 0);
  if (const Json seed = facts.all.value("seed", Json()); seed.is_number_unsigned()) facts.seed = seed.get<std::uint64_t>();
  if (const Json words = facts.all.value("command_line", Json()); words.is_array())
    for (const Json& word : words)
      if (word.is_string()) facts.command_line.push_back(word.get<std::string>());
  return facts;
}

std::optional<RunEvent> event_from(const std::string& line) {
  try {
    const Json json = parse_json(line);
    RunEvent event;
    event.kind = text_at(json, "kind");
    if (event.kind.empty()) return std::nullopt;
    event.time = text_at(json, "time");
    if (const Json step = json.value("step", Json()); step.is_number_integer()) event.step = step.get<std::int64_t>();
    for (const auto& [key, value] : json.items())
      if (key != "kind" && key != "time" && key != "step") event.details[key] = value;
    return event;
  } catch (const Error&) {
    return std::nullopt;
  }
}

}  // namespace

RunFacts read_run_facts(const fs::path& folder) {
  std::error_code why;
  if (!fs::is_directory(folder, why)) bad(folder.string() + " is not a folder");
  // "runs/x/" has an empty file name.
  fs::path path = folder.lexically_normal();
  if (!path.has_filename()) path = path.parent_path();
  if (is_run_directory(path)) return with_context("opening the run " + path.filename().string(), [&] { return facts_of_run(path); });
  if (event_file_names(path).empty()) bad(path.string() + " is neither a run directory nor a folder of TensorBoard files");
  RunFacts facts;
  facts.directory = path;
  facts.foreign = true;
  facts.id = facts.name = path.filename().string();
  facts.created_ms = stamp_of(path).modified_ns / 1'000'000;
  return facts;
}

struct RunReader::Parts {
  explicit Parts(RunFacts known)
      : facts(std::move(known)), scalars(facts.directory), events(facts.directory / kEventsFile), log(facts.directory / kLogFile) {}
  fs::path at(const char* name) const { return facts.directory / name; }

  RunFacts facts;
  ScalarTail scalars;
  LineTail events, log;
  HealthWatch watch;
  Stamp status_stamp, snapshots_stamp;
  std::optional<Status> status;
};

RunReader::RunReader(const fs::path& folder) : parts_(std::make_unique<Parts>(read_run_facts(folder))) {}
RunReader::~RunReader() = default;
RunReader::RunReader(RunReader&&) noexcept = default;
RunReader& RunReader::operator=(RunReader&&) noexcept = default;

const RunFacts& RunReader::facts() const { return parts_->facts; }

bool RunReader::poll_status() {
  const fs::path path = parts_->at(kStatusFile);
  const Stamp stamp = stamp_of(path);
  if (stamp.modified_ns < 0 || stamp == parts_->status_stamp) return false;
  parts_->status_stamp = stamp;
  try {
    parts_->status = status_from_json(read_json_file(path, std::size_t{1} << 20));
    return true;
  } catch (const Error&) {
    return false;
  }
}

const std::optional<Status>& RunReader::status() const { return parts_->status; }

Health RunReader::health() {
  if (!parts_->status) return Health::ok;
  return parts_->watch.look(*parts_->status, HealthWatch::Clock::now(), utc_now_ms());
}

ScalarUpdate RunReader::poll_scalars(std::size_t budget_bytes) { return parts_->scalars.poll(budget_bytes); }

std::vector<RunEvent> RunReader::poll_events(std::size_t budget_bytes) {
  std::vector<RunEvent> events;
  for (const std::string& line : parts_->events.poll(budget_bytes))
    if (auto event = event_from(line)) events.push_back(std::move(*event));
  return events;
}

std::vector<std::string> RunReader::poll_log(std::size_t budget_bytes) { return parts_->log.poll(budget_bytes); }

bool RunReader::snapshots_changed() const { return stamp_of(parts_->at(kSnapshotsFolder)) != parts_->snapshots_stamp; }

std::vector<SnapshotEntry> RunReader::snapshots() {
  constexpr std::size_t kMost = 100'000;
  const fs::path folder = parts_->at(kSnapshotsFolder);
  // A clock tick is milliseconds long: what is added within the tick of the last change would not be noticed, so a folder
  // that changed just now is looked at once more.
  constexpr std::int64_t kTickNs = 100'000'000;
  const Stamp stamp = stamp_of(folder);
  parts_->snapshots_stamp = utc_now_ms() * 1'000'000 - stamp.modified_ns > kTickNs ? stamp : Stamp{};
  if (stamp.modified_ns < 0) return {};
  std::map<std::int64_t, SnapshotEntry> found;
  std::error_code why;
  std::size_t count = 0;
  for (fs::directory_iterator at(folder, why), end; !why && at != end && count < kMost; at.increment(why), ++count) {
    const auto name = parse_snapshot_name(at->path().filename().string());
    std::error_code gone;
    if (!name || at->symlink_status(gone).type() != fs::file_type::regular) continue;
    SnapshotEntry& entry = found[name->step];
    entry.step = name->step;
    entry.parts.push_back(name->part);
    if (const std::uintmax_t bytes = at->file_size(gone); !gone) entry.bytes += bytes;
  }
  std::vector<SnapshotEntry> entries;
  for (auto& [step, entry] : found) {
    std::sort(entry.parts.begin(), entry.parts.end());
    entries.push_back(std::move(entry));
  }
  return entries;
}

Snapshot RunReader::read_snapshot(std::int64_t step, const std::string& part) const {
  if (step < 0 || !parse_snapshot_name(fmt::format("{:08}.{}h5", step, part.empty() ? "" : part + ".")))
    bad("there is no snapshot of that name");
  const fs::path path = parts_->at(kSnapshotsFolder) / snapshot_file_name(step, part);
  if (!is_plain_file(path)) bad(fmt::format("the snapshot of step {} is not there (any more)", step));
  return with_context(fmt::format("reading the snapshot {}", path.filename().string()), [&] { return snapshot_from(hdf5::read_array_file(path)); });
}

bool RunReader::has_axes() const { return is_plain_file(parts_->at(kAxesFile)); }

std::vector<Axis> RunReader::read_axes(bool with_blocks) const {
  if (!has_axes()) bad("this run has no axes yet");
  return with_context("reading axes.h5", [&] {
    hdf5::ArrayFileLimits limits;
    if (!with_blocks) limits.max_block_bytes = std::int64_t{4} << 20;
    return axes_from(hdf5::read_array_file(parts_->at(kAxesFile), limits));
  });
}

std::string RunReader::config_text() const {
  try {
    return read_plain_file(parts_->at(kConfigFile), std::size_t{4} << 20);
  } catch (const Error&) {
    return {};
  }
}

}  // namespace geocyte::store
