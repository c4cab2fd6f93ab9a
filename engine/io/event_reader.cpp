// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/io/event_reader.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "engine/io/crc32c.h"
#include "engine/io/event_message.h"

namespace geocyte::io {
namespace {

constexpr std::size_t kHeaderBytes = 12, kFooterBytes = 4, kFramingBytes = kHeaderBytes + kFooterBytes;
constexpr std::size_t kBlockBytes = std::size_t{1} << 20;

class OpenFile {
 public:
  explicit OpenFile(const std::filesystem::path& path) : fd_(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)) {}
  ~OpenFile() {
    if (fd_ >= 0) ::close(fd_);
  }
  OpenFile(const OpenFile&) = delete;
  OpenFile& operator=(const OpenFile&) = delete;

  /// Size of a regular file; 0 when it is not there or is something else.
  std::uint64_t size() const {
    struct stat status {};
    return fd_ >= 0 && ::fstat(fd_, &status) == 0 && S_ISREG(status.st_mode) ? static_cast<std::uint64_t>(status.st_size)
                                                                             : 0;
  }
  /// Bytes [offset, offset + length), fewer at the end of the file.
  void read(std::uint64_t offset, std::size_t length, std::string& into) const {
    into.resize(length);
    std::size_t have = 0;
    while (have < length) {
      const ssize_t got = ::pread(fd_, into.data() + have, length - have, static_cast<off_t>(offset + have));
      if (got < 0 && errno == EINTR) continue;
      if (got <= 0) break;
      have += static_cast<std::size_t>(got);
    }
    into.resize(have);
  }

 private:
  int fd_;
};

template <class Number>
Number raw_at(std::string_view bytes, std::size_t at) {
  Number value;
  std::memcpy(&value, bytes.data() + at, sizeof value);
  return value;
}

}  // namespace

bool EventReader::poll(const ScalarSink& sink, std::size_t max_bytes) {
  const OpenFile file(path_);
  const std::uint64_t size = file.size();
  if (size == seen_size_) return false;
  if (size < offset_) {
    problem_ = fmt::format("{} became shorter while it was read", path_.filename().string());
    return false;
  }
  problem_.clear();
  std::size_t taken = 0, block = kBlockBytes;
  while (offset_ < size) {
    if (taken >= max_bytes) return true;
    file.read(offset_, static_cast<std::size_t>(std::min<std::uint64_t>(block, size - offset_)), buffer_);
    const bool is_end = offset_ + buffer_.size() >= size;
    const std::size_t used = take_records(is_end, sink);
    offset_ += used;
    taken += used;
    if (!problem_.empty() || (used == 0 && (is_end || buffer_.size() < block))) break;
    // Nothing used though the file goes on: the record is longer than the block.
    block = used == 0 ? kFramingBytes + static_cast<std::size_t>(raw_at<std::uint64_t>(buffer_, 0)) : kBlockBytes;
  }
  seen_size_ = tail_is_suspect_ ? 0 : size;
  return false;
}

std::size_t EventReader::take_records(bool is_end, const ScalarSink& sink) {
  tail_is_suspect_ = false;
  std::string_view rest = buffer_;
  const auto used = [&] { return buffer_.size() - rest.size(); };
  const auto place = [&] { return fmt::format("{} at byte {}", path_.filename().string(), offset_ + used()); };
  while (rest.size() >= kHeaderBytes) {
    if (masked_crc(rest.substr(0, 8)) != raw_at<std::uint32_t>(rest, 8)) {
      // Without a trusted length the start of the next record is unknown.
      problem_ = place() + " is damaged; later values cannot be read";
      break;
    }
    const auto length = raw_at<std::uint64_t>(rest, 0);
    if (length > kMaxRecordBytes) {
      problem_ = fmt::format("{} holds a record of {} bytes, longer than any that is read", place(), length);
      break;
    }
    const std::size_t whole = kFramingBytes + static_cast<std::size_t>(length);
    if (rest.size() < whole) break;
    const std::string_view event = rest.substr(kHeaderBytes, static_cast<std::size_t>(length));
    const bool is_intact = masked_crc(event) == raw_at<std::uint32_t>(rest, whole - kFooterBytes);
    if (!is_intact && is_end && rest.size() == whole) {
      // The last record may have its length before its content (a network file system shows zeros): look again.
      tail_is_suspect_ = true;
      break;
    }
    if (!is_intact || !decode_event(event, sink)) ++damaged_;
    rest.remove_prefix(whole);
  }
  return used();
}

}  // namespace geocyte::io
