// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/store/append_file.h"

#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/core/error.h"
#include "engine/core/text.h"

namespace geocyte::store {
namespace {

[[noreturn]] void storage_failure(const std::filesystem::path& path, int error, std::size_t wanted) {
  throw Error(ErrorCode::storage,
              fmt::format("cannot append {} to {}: {}", bytes_text(static_cast<double>(wanted)), path.string(), std::strerror(error)),
              "free some space, or make the run directory writable");
}

}  // namespace

AppendFile::AppendFile(const std::filesystem::path& path) : path_(path) {
  file_ = open(path.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0644);
  if (file_ < 0) storage_failure(path, errno, 0);
  struct stat about{};
  char last = '\n';
  if (fstat(file_, &about) == 0 && about.st_size > 0 && pread(file_, &last, 1, about.st_size - 1) == 1 && last != '\n') {
    try {
      append({});
    } catch (...) {
      close(file_);
      throw;
    }
  }
}

AppendFile::~AppendFile() {
  if (file_ >= 0) close(file_);
}

void AppendFile::append(std::string line) {
  line += '\n';
  const std::lock_guard lock(mutex_);
  struct stat before{};
  if (fstat(file_, &before) != 0) storage_failure(path_, errno, line.size());
  std::string_view rest = line;
  while (!rest.empty()) {
    const ssize_t written = write(file_, rest.data(), rest.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) {
      const int error = errno;
      [[maybe_unused]] const int ignored = ftruncate(file_, before.st_size);
      storage_failure(path_, error, line.size());
    }
    rest.remove_prefix(static_cast<std::size_t>(written));
  }
}

}  // namespace geocyte::store
