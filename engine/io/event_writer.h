// SPDX-License-Identifier: GPL-3.0-or-later
// Writes scalars as a TensorBoard event file, so that `tensorboard --logdir runs` shows a run as it is.
// A file is a sequence of records {u64 length | u32 masked CRC-32C of the length | data | u32 masked CRC-32C of the
// data}; data is a protobuf message Event; the first one carries file_version "brain.Event:2".
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>

namespace geocyte::io {

struct ScalarValue {
  std::string_view tag;  ///< "loss/total"
  float value = 0;
};

/// "events.out.tfevents.<unix>.<host>.<pid>.<n>": sorted by name, the files of a run are in the order of their making
/// (unix seconds have ten digits until 2286; several within a second differ in n).
std::string event_file_name(std::int64_t unix_s, std::string_view host, std::int64_t pid, int n);

/// Buffers records and appends whole ones. One writer a file; not thread safe.
class EventWriter {
 public:
  /// Creates the file (it must not exist) and writes the version record at once.
  /// Throws Error{storage} when it cannot be made.
  EventWriter(const std::filesystem::path& path, double wall_time_s);
  EventWriter(EventWriter&& other) noexcept;
  EventWriter& operator=(EventWriter&&) = delete;
  ~EventWriter();  ///< flushes; what cannot be written then is lost silently: call flush() to know

  /// All values of one step in one record.
  void add(std::int64_t step, double wall_time_s, std::span<const ScalarValue> values);
  /// Readers drop earlier values of `step` and later steps: written when a run resumes, with the first step it
  /// will write again.
  void add_session_start(std::int64_t step, double wall_time_s);
  /// Hands the buffer to the system. `durable` also flushes the disk. Throws Error{storage}; a record that was written
  /// in part is completed by the next flush.
  void flush(bool durable = false);

  const std::filesystem::path& path() const { return path_; }
  std::uint64_t bytes_written() const { return bytes_written_; }
  std::size_t bytes_waiting() const { return buffer_.size(); }

 private:
  void append_record(std::string_view event);
  std::filesystem::path path_;
  int fd_ = -1;
  std::string buffer_;
  std::uint64_t bytes_written_ = 0;
};

}  // namespace geocyte::io
