// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/core/atomic_file.h"

#include <atomic>
#include <cerrno>
#include <cstring>
#include <fstream>

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include "engine/core/error.h"

namespace geocyte {
namespace {

namespace fs = std::filesystem;

/// A name beside the target that no other process or thread uses.
fs::path temporary_beside(const fs::path& path) {
  static std::atomic<unsigned> counter{0};
  return path.parent_path() / fmt::format(".{}.{}.{}.tmp", path.filename().string(), getpid(), counter++);
}

[[noreturn]] void fail(const fs::path& path, const std::string& what, int error, std::size_t bytes) {
  const bool full = error == ENOSPC || error == EDQUOT || error == EFBIG;
  const std::string need = bytes ? fmt::format(" ({} bytes were needed)", bytes) : std::string();
  throw Error(ErrorCode::storage, fmt::format("{} cannot be {}{}: {}", path.string(), what, need, std::strerror(error)),
              full ? "free some space or choose another folder" : "check the folder's permissions or choose another one");
}

void sync_path(const fs::path& path, int flags) {
  const int fd = open(path.c_str(), flags);
  if (fd < 0) return;
  fsync(fd);
  close(fd);
}

struct Remover {
  fs::path path;
  bool armed = true;
  ~Remover() {
    std::error_code ignored;
    if (armed) fs::remove(path, ignored);
  }
};

void rename_into_place(const fs::path& from, const fs::path& to, bool durable) {
  if (durable) sync_path(from, O_RDONLY);
  if (::rename(from.c_str(), to.c_str()) != 0) fail(to, "put into place", errno, 0);
  if (durable) sync_path(to.has_parent_path() ? to.parent_path() : fs::path("."), O_RDONLY | O_DIRECTORY);
}

}  // namespace

void write_file_atomically(const fs::path& path, std::string_view content, bool durable) {
  const fs::path temporary = temporary_beside(path);
  const int fd = open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  if (fd < 0) fail(path, "written", errno, content.size());
  Remover remover{temporary};
  for (std::size_t done = 0; done < content.size();) {
    const ssize_t n = write(fd, content.data() + done, content.size() - done);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) {
      const int error = errno;
      close(fd);
      fail(path, "written", error, content.size());
    }
    done += static_cast<std::size_t>(n);
  }
  if (close(fd) != 0) fail(path, "written", errno, content.size());
  rename_into_place(temporary, path, durable);
  remover.armed = false;
}

void write_atomically(const fs::path& path, const std::function<void(const fs::path&)>& write, bool durable) {
  const fs::path temporary = temporary_beside(path);
  Remover remover{temporary};
  write(temporary);
  rename_into_place(temporary, path, durable);
  remover.armed = false;
}

std::string read_file(const fs::path& path, std::size_t max_bytes) {
  std::ifstream in(path, std::ios::binary | std::ios::ate);
  if (!in || fs::is_directory(path)) throw Error(ErrorCode::bad_data, path.string() + " cannot be read", "check that it exists and is readable");
  const auto size = static_cast<std::size_t>(in.tellg());
  if (size > max_bytes) throw Error(ErrorCode::bad_data, fmt::format("{} has {} bytes, more than the {} allowed", path.string(), size, max_bytes));
  std::string content(size, '\0');
  in.seekg(0);
  in.read(content.data(), static_cast<std::streamsize>(size));
  content.resize(static_cast<std::size_t>(std::max<std::streamsize>(in.gcount(), 0)));
  return content;
}

}  // namespace geocyte
