// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/core/atomic_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "engine/core/error.h"
#include "engine/core/text.h"

namespace geocyte {
namespace {

namespace fs = std::filesystem;

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return fd_; }
  /// Closing is where a network file system reports what it could not store.
  int close() { return ::close(std::exchange(fd_, -1)); }

 private:
  int fd_;
};

[[noreturn]] void storage_failure(const fs::path& path, int error, std::size_t needed_bytes) {
  std::string message = "cannot write " + path.string() + ": " + std::strerror(error);
  if (needed_bytes > 0) message += "; " + bytes_text(static_cast<double>(needed_bytes)) + " are needed";
  const bool full = error == ENOSPC || error == EDQUOT;
  throw Error(ErrorCode::storage, message,
              full ? "Free some space on that disk and try again." : "Check that the folder exists and may be written.");
}

// One name a process and thread suffices: two writers of one path would be a mistake of the caller anyway.
fs::path temporary_beside(const fs::path& path) {
  return path.parent_path() / fmt::format(".{}.{}.tmp", path.filename().string(), ::getpid());
}

void flush_path(const fs::path& path, int flags) {
  Descriptor handle(::open(path.c_str(), flags | O_CLOEXEC));
  if (handle.get() < 0) storage_failure(path, errno, 0);
  // Some file systems cannot flush a folder; that is not a failure of ours.
  if (::fsync(handle.get()) != 0 && errno != EINVAL && errno != EROFS) storage_failure(path, errno, 0);
}

void write_all(int fd, const fs::path& path, std::string_view content) {
  std::string_view rest = content;
  while (!rest.empty()) {
    const ssize_t written = ::write(fd, rest.data(), rest.size());
    if (written < 0) {
      if (errno == EINTR) continue;
      storage_failure(path, errno, content.size());
    }
    rest.remove_prefix(static_cast<std::size_t>(written));
  }
}

}  // namespace

void write_atomically(const fs::path& path, const std::function<void(const fs::path&)>& write, bool durable) {
  const fs::path temporary = temporary_beside(path);
  try {
    write(temporary);
    if (durable) flush_path(temporary, O_RDONLY);
    if (::rename(temporary.c_str(), path.c_str()) != 0) storage_failure(path, errno, 0);
  } catch (...) {
    std::error_code ignored;
    fs::remove(temporary, ignored);
    throw;
  }
  const fs::path folder = path.parent_path().empty() ? fs::path(".") : path.parent_path();
  if (durable) flush_path(folder, O_RDONLY | O_DIRECTORY);
}

void write_file_atomically(const fs::path& path, std::string_view content, bool durable) {
  write_atomically(
      path,
      [&](const fs::path& temporary) {
        Descriptor file(::open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644));
        if (file.get() < 0) storage_failure(path, errno, content.size());
        write_all(file.get(), path, content);
        if (file.close() != 0) storage_failure(path, errno, content.size());
      },
      durable);
}

std::string read_file(const fs::path& path, std::size_t max_bytes) {
  const auto failure = [&](const std::string& why) {
    return Error(ErrorCode::bad_data, "cannot read " + path.string() + ": " + why);
  };
  Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file.get() < 0) throw failure(std::strerror(errno));
  struct stat status {};
  if (::fstat(file.get(), &status) != 0) throw failure(std::strerror(errno));
  if (S_ISDIR(status.st_mode)) throw failure("it is a folder");
  std::string content;
  if (status.st_size > 0) {
    if (static_cast<std::size_t>(status.st_size) > max_bytes)
      throw failure("it has " + bytes_text(static_cast<double>(status.st_size)) + ", more than the allowed " +
                    bytes_text(static_cast<double>(max_bytes)));
    content.reserve(static_cast<std::size_t>(status.st_size));
  }
  // Read to the end rather than the stated size: files of /proc state none, and a file may grow meanwhile.
  char buffer[65536];
  for (;;) {
    const ssize_t got = ::read(file.get(), buffer, sizeof buffer);
    if (got < 0) {
      if (errno == EINTR) continue;
      throw failure(std::strerror(errno));
    }
    if (got == 0) return content;
    content.append(buffer, static_cast<std::size_t>(got));
    if (content.size() > max_bytes) throw failure("it is larger than " + bytes_text(static_cast<double>(max_bytes)));
  }
}

}  // namespace geocyte
