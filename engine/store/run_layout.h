// SPDX-License-Identifier: GPL-3.0-or-later
// Names inside a run directory, format 1 (resources/docs/run-directory.md). Nobody spells them elsewhere.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace geocyte::store {

/// Major version of the format. Readers refuse newer ones and open older ones for ever.
inline constexpr int kRunFormat = 1;

inline constexpr const char* kRunFile = "run.json";
inline constexpr const char* kConfigFile = "config.yaml";
inline constexpr const char* kStatusFile = "status.json";
inline constexpr const char* kAxesFile = "axes.h5";
inline constexpr const char* kEventsFile = "events.jsonl";
inline constexpr const char* kLogFile = "log.txt";
inline constexpr const char* kNotesFile = "notes.md";
inline constexpr const char* kUserFile = "user.json";
inline constexpr const char* kTrashFolder = ".trash";      ///< in the runs folder
inline constexpr const char* kCrashFile = "crash.txt";
inline constexpr const char* kLockFile = "lock";
inline constexpr const char* kReserveFile = ".reserve";
inline constexpr const char* kSnapshotsFolder = "snapshots";
inline constexpr const char* kCheckpointsFolder = "checkpoints";
inline constexpr const char* kArtifactsFolder = "artifacts";
inline constexpr const char* kProbesFolder = "probes";
inline constexpr const char* kEvaluationFolder = "evaluation";
inline constexpr const char* kControlFolder = "control";
inline constexpr const char* kControlDoneFolder = "control/done";

/// One file of a snapshot: "00012000.h5" is {12000, ""}, "00012000.umap.h5" is {12000, "umap"}.
struct SnapshotName {
  std::int64_t step = 0;
  std::string part;
};

/// Throws Error{internal} for a negative step or a part that is not made of letters, digits, '_' and '-'.
std::string snapshot_file_name(std::int64_t step, std::string_view part);
/// Nothing for a name that no snapshot has: foreign and hostile files are passed over.
std::optional<SnapshotName> parse_snapshot_name(std::string_view file_name);

/// True for "a", "a/b.c": relative, no empty, "." or ".." component, no control character, at most 255 bytes.
bool is_clean_relative(std::string_view path);

/// A folder that geocyte-engine wrote: it has a run.json.
bool is_run_directory(const std::filesystem::path& folder);

/// Names of the TensorBoard event files in a folder (regular files, no links), in the order of reading. At most 10,000.
std::vector<std::string> event_file_names(const std::filesystem::path& folder);

}  // namespace geocyte::store
