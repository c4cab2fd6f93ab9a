// SPDX-License-Identifier: GPL-3.0-or-later
// A text file that only grows by whole lines: events.jsonl and log.txt.
#pragma once

#include <cstdint>
#include <filesystem>
#include <mutex>
#include <string>
#include <string_view>

namespace geocyte::store {

class AppendFile {
 public:
  /// Opens or makes the file. An unfinished last line of a writer that was killed is ended, never changed: readers pass
  /// over it. Throws Error{storage}.
  explicit AppendFile(const std::filesystem::path& path);
  ~AppendFile();
  AppendFile(const AppendFile&) = delete;
  AppendFile& operator=(const AppendFile&) = delete;

  /// Appends `line` and a newline in one write; safe from any thread. When not all of it fits, none of it stays. Throws Error{storage} that says
  /// how many bytes were wanted.
  void append(std::string line);

 private:
  std::filesystem::path path_;
  std::mutex mutex_;
  int file_ = -1;
};

}  // namespace geocyte::store
