// SPDX-License-Identifier: GPL-3.0-or-later
// Lines of a text file, plain or gzipped, one after another with bounded memory.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

namespace geocyte::io {

class TextLines {
 public:
  /// Throws Error{bad_data} when the file cannot be opened.
  explicit TextLines(const std::filesystem::path& path);
  ~TextLines();
  TextLines(const TextLines&) = delete;
  TextLines& operator=(const TextLines&) = delete;

  /// The next line without its end ("\n" or "\r\n"); false after the last one. A byte order mark is dropped. The view
  /// is valid until the next call. Throws Error{bad_data} for a damaged or truncated gzip stream, a zero byte (it is
  /// not text then) and a line longer than 256 MB.
  bool next(std::string_view& line);
  std::int64_t line_number() const { return line_number_; }  ///< of the last line, from 1

 private:
  bool refill();
  struct Gzip;
  std::unique_ptr<Gzip> file_;
  std::string path_, buffer_;
  std::size_t begin_ = 0, scanned_ = 0;
  bool ended_ = false;
  std::int64_t line_number_ = 0;
};

/// "A1" of ".../A1.tsv.gz": the name of a table without its endings.
std::string table_name(const std::filesystem::path& path);

}  // namespace geocyte::io
