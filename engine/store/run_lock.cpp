// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/store/run_lock.h"

#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/core/error.h"
#include "engine/core/log.h"
#include "engine/core/text.h"
#include "engine/store/contract/safe_json.h"
#include "engine/store/run_health.h"
#include "engine/store/run_layout.h"

namespace geocyte::store {
namespace {

constexpr std::int64_t kFreshBeatMs = 30'000;

ProcessIdentity identity_from(const Json& json) {
  ProcessIdentity owner;
  owner.host = text_at(json, "host");
  if (const Json pid = json.value("pid", Json()); pid.is_number_unsigned()) owner.pid = pid.get<std::int64_t>();
  if (const Json start = json.value("start_time", Json()); start.is_number_unsigned()) owner.start_time = start.get<std::uint64_t>();
  return owner;
}

/// When the run last beat according to status.json; -1 when it does not say.
std::int64_t last_beat_ms(const std::filesystem::path& run) {
  try {
    return utc_ms_of(text_at(read_json_file(run / kStatusFile), "heartbeat"));
  } catch (const Error&) {
    return -1;
  }
}

[[noreturn]] void owned_by(const std::filesystem::path& run, const ProcessIdentity& owner) {
  const std::string who = owner.pid > 0 ? fmt::format("process {} on {}", owner.pid, geocyte::quoted(owner.host)) : std::string("another process");
  throw Error(ErrorCode::usage, fmt::format("the run {} is owned by {}", run.filename().string(), who),
              "pause or stop it there, or wait until it has ended");
}

}  // namespace

ProcessIdentity lock_owner(const std::filesystem::path& run) {
  try {
    const Json json = read_json_file(run / kLockFile, 4096);
    return json.is_object() ? identity_from(json) : ProcessIdentity{};
  } catch (const Error&) {
    return {};
  }
}

RunLock::RunLock(const std::filesystem::path& run) {
  const std::filesystem::path path = run / kLockFile;
  file_ = open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0644);
  const int error = errno;
  const auto give_up = [&](int why) {
    if (file_ >= 0) close(file_);
    file_ = -1;
    throw Error(ErrorCode::storage, fmt::format("the lock of the run {} cannot be made: {}", run.filename().string(), std::strerror(why)),
                "check that the run directory may be written");
  };
  struct stat about{};
  if (file_ < 0 || fstat(file_, &about) != 0) give_up(error);
  if (!S_ISREG(about.st_mode)) give_up(EINVAL);
  const ProcessIdentity before = lock_owner(run), own = this_process();
  if (flock(file_, LOCK_EX | LOCK_NB) != 0) {
    const int why = errno;
    if (why != EWOULDBLOCK) give_up(why);
    close(file_);
    owned_by(run, before);
  }
  if (before.pid > 0) {
    const std::int64_t beat = last_beat_ms(run);
    if (before.host != own.host && beat >= 0 && utc_now_ms() - beat < kFreshBeatMs) {
      close(file_);
      owned_by(run, before);
    }
    taken_over_ = fmt::format("took over the lock of process {} on {}, which ended without letting go", before.pid, geocyte::quoted(before.host));
  }
  const Json mine = {{"pid", own.pid}, {"start_time", own.start_time}, {"host", own.host}, {"since", utc_now_text()}};
  const std::string text = print_json(mine) + "\n";
  if (ftruncate(file_, 0) != 0 || pwrite(file_, text.data(), text.size(), 0) != static_cast<ssize_t>(text.size())) give_up(errno ? errno : ENOSPC);
}

RunLock::~RunLock() {
  // Cleared, not deleted: a file that is deleted while another process opens it would be locked twice.
  if (file_ < 0) return;
  [[maybe_unused]] const int ignored = ftruncate(file_, 0);
  close(file_);
}

}  // namespace geocyte::store
