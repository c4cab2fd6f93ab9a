// SPDX-License-Identifier: GPL-3.0-or-later
// What the user says about a run, kept beside what the engine wrote: user.json (name, tags) and notes.md. The engine never
// writes these files, so nothing of the run changes by them.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace geocyte::store {

struct UserMarks {
  std::string name;                        ///< "" = the name that the run was started with
  std::vector<std::string> tags;
  bool operator==(const UserMarks&) const = default;
};

/// Nothing where there is no file, or one that cannot be read: marks are no reason to refuse a run. At most 20 tags of 60 bytes.
UserMarks read_user_marks(const std::filesystem::path& run);
/// Empty marks remove the file. Throws Error{storage}.
void write_user_marks(const std::filesystem::path& run, const UserMarks& marks);

/// "" where there are none; the first megabyte of longer ones.
std::string read_notes(const std::filesystem::path& run);
/// Empty notes remove the file. Throws Error{storage}.
void write_notes(const std::filesystem::path& run, const std::string& text);

/// Moves a run into <runs folder>/.trash and returns where it lies there. Throws Error{usage} while an engine works on it,
/// Error{storage} when it cannot be moved.
std::filesystem::path move_to_trash(const std::filesystem::path& run);
/// Brings it back. Throws Error{storage} when its place is taken or it is gone.
void restore_from_trash(const std::filesystem::path& trashed, const std::filesystem::path& run);

}  // namespace geocyte::store
