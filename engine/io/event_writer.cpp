// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/io/event_writer.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "engine/core/error.h"
#include "engine/core/text.h"
#include "engine/io/crc32c.h"
#include "engine/io/event_message.h"
#include "engine/io/protobuf.h"

namespace geocyte::io {
namespace {

[[noreturn]] void cannot_write(const std::filesystem::path& path, int error, std::size_t waiting) {
  std::string message = fmt::format("cannot write {}: {}", path.string(), std::strerror(error));
  if (waiting > 0) message += fmt::format("; {} are waiting", bytes_text(static_cast<double>(waiting)));
  throw Error(ErrorCode::storage, message, "Free space or check the permissions of the run's folder.");
}

}  // namespace

std::string event_file_name(std::int64_t unix_s, std::string_view host, std::int64_t pid, int n) {
  return fmt::format("events.out.tfevents.{:010}.{}.{}.{}", unix_s, host, pid, n);
}

EventWriter::EventWriter(const std::filesystem::path& path, double wall_time_s) : path_(path) {
  fd_ = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0644);
  if (fd_ < 0) cannot_write(path_, errno, 0);
  append_record(encode_version(wall_time_s));
  try {
    flush();
  } catch (...) {
    ::close(std::exchange(fd_, -1));
    throw;
  }
}

EventWriter::EventWriter(EventWriter&& other) noexcept
    : path_(std::move(other.path_)),
      fd_(std::exchange(other.fd_, -1)),
      buffer_(std::move(other.buffer_)),
      bytes_written_(other.bytes_written_) {}

EventWriter::~EventWriter() {
  if (fd_ < 0) return;
  try {
    flush();
  } catch (const Error&) {
    // A destructor cannot report; whoever needs to know calls flush() first.
  }
  ::close(fd_);
}

void EventWriter::add(std::int64_t step, double wall_time_s, std::span<const ScalarValue> values) {
  if (!values.empty()) append_record(encode_scalars(step, wall_time_s, values));
}

void EventWriter::add_session_start(std::int64_t step, double wall_time_s) {
  append_record(encode_session_start(step, wall_time_s));
}

void EventWriter::append_record(std::string_view event) {
  std::string length;
  protobuf::put_raw(length, static_cast<std::uint64_t>(event.size()));
  buffer_ += length;
  protobuf::put_raw(buffer_, masked_crc(length));
  buffer_ += event;
  protobuf::put_raw(buffer_, masked_crc(event));
}

void EventWriter::flush(bool durable) {
  std::size_t done = 0;
  while (done < buffer_.size()) {
    const ssize_t written = ::write(fd_, buffer_.data() + done, buffer_.size() - done);
    if (written < 0) {
      if (errno == EINTR) continue;
      const int error = errno;
      buffer_.erase(0, done);  // what is in the file must not be written again
      cannot_write(path_, error, buffer_.size());
    }
    done += static_cast<std::size_t>(written);
    bytes_written_ += static_cast<std::uint64_t>(written);
  }
  buffer_.clear();
  if (durable && ::fdatasync(fd_) != 0 && errno != EINVAL && errno != EROFS) cannot_write(path_, errno, 0);
}

}  // namespace geocyte::io
