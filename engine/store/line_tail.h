// SPDX-License-Identifier: GPL-3.0-or-later
// New whole lines of a text file that another process appends to.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace geocyte::store {

class LineTail {
 public:
  explicit LineTail(std::filesystem::path path) : path_(std::move(path)) {}

  /// Lines that ended since the last call, without their newline; about `budget_bytes` are read. An unfinished line waits
  /// for its end, one longer than a megabyte is passed over. A file that is missing, a link or no file has no lines; one that shrank is
  /// read from its beginning.
  std::vector<std::string> poll(std::size_t budget_bytes);

 private:
  std::filesystem::path path_;
  std::uint64_t offset_ = 0;               ///< of what was read
  std::string unfinished_;
  bool too_long_ = false;                  ///< the line at hand is passed over until its end
};

}  // namespace geocyte::store
