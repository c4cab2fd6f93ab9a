// SPDX-License-Identifier: GPL-3.0-or-later
// Checkpoints on disk: <checkpoints>/<step>/ with the files of the trainer and manifest.json, which lists the size and the
// SHA-256 of each of them. A checkpoint is filled in a hidden folder beside its place, flushed, and renamed: it is whole or
// absent. One that was damaged later is found by its manifest, and the one before it is used.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "engine/core/json.h"

namespace geocyte::store {

/// A checkpoint while it is written. `checkpoints` is RunSink::folder("checkpoints").
class CheckpointDraft {
 public:
  /// Makes the hidden folder anew. Throws Error{storage}.
  CheckpointDraft(std::filesystem::path checkpoints, std::int64_t step);
  /// Removes what was not committed.
  ~CheckpointDraft();
  CheckpointDraft(const CheckpointDraft&) = delete;
  CheckpointDraft& operator=(const CheckpointDraft&) = delete;

  /// Where the files of the checkpoint are to be written.
  const std::filesystem::path& folder() const { return draft_; }
  /// Writes the manifest (`about` is kept in it), flushes every file and renames the folder; a checkpoint of the same step
  /// is replaced. Returns the final folder. Throws Error{storage}.
  std::filesystem::path commit(const Json& about = Json::object());

 private:
  std::filesystem::path checkpoints_, draft_, final_;
};

struct CheckpointFound {
  std::int64_t step = -1;
  std::filesystem::path folder;
  Json about;
};

struct CheckpointSearch {
  std::optional<CheckpointFound> found;
  std::vector<std::string> problems;       ///< one sentence for each newer checkpoint that was passed over, and why
};

/// Steps of all checkpoints that are in place, ascending, whether they are good or not.
std::vector<std::int64_t> checkpoint_steps(const std::filesystem::path& checkpoints);

/// Holds the folder of one checkpoint against its manifest. Throws Error{bad_data} with what is wrong.
CheckpointFound verify_checkpoint(const std::filesystem::path& checkpoints, std::int64_t step);

/// The newest checkpoint (at or before `at_most`, if given) whose files are as its manifest says.
CheckpointSearch latest_good_checkpoint(const std::filesystem::path& checkpoints,
                                        std::optional<std::int64_t> at_most = std::nullopt);

struct CheckpointRetention {
  int keep_last = 3;
  std::optional<std::int64_t> best;        ///< step of the best checkpoint, never removed
  std::int64_t keep_every = 0;             ///< steps that are a multiple stay too; 0 = none
};

/// Which of the steps may go. The newest one always stays.
std::vector<std::int64_t> checkpoints_to_remove(std::vector<std::int64_t> steps, const CheckpointRetention& retention);

/// Removes one checkpoint: renamed out of the way first, so that it is never seen half. Missing is no error.
void remove_checkpoint(const std::filesystem::path& checkpoints, std::int64_t step);

}  // namespace geocyte::store
