// SPDX-License-Identifier: GPL-3.0-or-later
// Reads one TensorBoard event file while another process writes it: keeps the offset of the last whole record, stops
// at an unfinished tail and goes on when the rest arrives. Takes any writer's files: scalars as simple_value or as
// tensors of one element; images, histograms and unknown fields are passed over.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>

namespace geocyte::io {

/// One thing a reader of scalars must know, in the order of the file.
struct ScalarEvent {
  enum class Kind { scalar, session_start } kind = Kind::scalar;
  std::string_view tag;   ///< valid during the call only; "" for a session start
  std::int64_t step = 0;
  double wall_time_s = 0;
  double value = 0;
};
using ScalarSink = std::function<void(const ScalarEvent&)>;

/// Longer records are taken as damage: no scalar needs a megabyte, but files of others hold images.
inline constexpr std::uint64_t kMaxRecordBytes = 64'000'000;

class EventReader {
 public:
  explicit EventReader(std::filesystem::path path) : path_(std::move(path)) {}

  /// Decodes what arrived since the last call, at most about `max_bytes` of it. A file that vanished or is not there
  /// yet reads as empty. Never throws on content: damage is counted and described.
  /// Returns true when it stopped because of `max_bytes`.
  bool poll(const ScalarSink& sink, std::size_t max_bytes = std::size_t{64} << 20);

  const std::filesystem::path& path() const { return path_; }
  std::uint64_t offset() const { return offset_; }          ///< end of the last whole record
  std::int64_t damaged_records() const { return damaged_; } ///< passed over: the length was right, the content was not
  /// Why nothing more can be read ("" = fine or waiting for the rest of a record).
  const std::string& problem() const { return problem_; }

 private:
  /// Decodes the whole records at the front of the buffer; returns their bytes.
  std::size_t take_records(bool is_end, const ScalarSink& sink);

  std::filesystem::path path_;
  bool tail_is_suspect_ = false;
  std::uint64_t offset_ = 0, seen_size_ = 0;
  std::int64_t damaged_ = 0;
  std::string problem_;
  std::string buffer_;
};

}  // namespace geocyte::io
