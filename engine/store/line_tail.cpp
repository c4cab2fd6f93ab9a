// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/store/line_tail.h"

#include <cerrno>
#include <string_view>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace geocyte::store {
namespace {

constexpr std::size_t kLongestLine = std::size_t{1} << 20;

}  // namespace

std::vector<std::string> LineTail::poll(std::size_t budget_bytes) {
  std::vector<std::string> lines;
  struct stat about{};
  if (lstat(path_.c_str(), &about) != 0 || !S_ISREG(about.st_mode)) return lines;
  const auto size = static_cast<std::uint64_t>(about.st_size);
  if (size < offset_) offset_ = 0, unfinished_.clear(), too_long_ = false;
  if (size == offset_) return lines;
  const int file = open(path_.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
  if (file < 0) return lines;
  std::vector<char> buffer(std::size_t{1} << 16);
  for (std::size_t taken = 0; taken < budget_bytes;) {
    const ssize_t got = pread(file, buffer.data(), buffer.size(), static_cast<off_t>(offset_));
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) break;
    offset_ += static_cast<std::uint64_t>(got);
    taken += static_cast<std::size_t>(got);
    std::string_view rest(buffer.data(), static_cast<std::size_t>(got));
    for (std::size_t end = rest.find('\n'); end != std::string_view::npos; end = rest.find('\n')) {
      unfinished_ += rest.substr(0, end);
      if (!too_long_ && unfinished_.size() <= kLongestLine) lines.push_back(std::move(unfinished_));
      unfinished_.clear();
      too_long_ = false;
      rest.remove_prefix(end + 1);
    }
    if (!too_long_) unfinished_ += rest;
    if (unfinished_.size() > kLongestLine) too_long_ = true, unfinished_.clear();
  }
  close(file);
  return lines;
}

}  // namespace geocyte::store
