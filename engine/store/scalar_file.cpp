// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/store/scalar_file.h"

#include <algorithm>
#include <string>
#include <system_error>

#include <unistd.h>

#include "engine/core/log.h"
#include "engine/core/text.h"
#include "engine/store/process_identity.h"

namespace geocyte::store {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kPrefix = "events.out.tfevents.";

double now_s() { return static_cast<double>(utc_now_ms()) / 1000; }

/// Seconds that the newest event file of the folder is named with; 0 when there is none.
std::int64_t newest_second(const fs::path& folder) {
  std::int64_t newest = 0;
  std::error_code why;
  for (fs::directory_iterator at(folder, why), end; !why && at != end; at.increment(why)) {
    const std::string name = at->path().filename().string();
    std::int64_t second = 0;
    constexpr std::int64_t kFarFuture = 9'999'999'998;  // a hostile name must not push ours out of order
    if (name.starts_with(kPrefix) && parse_integer(split(name.substr(kPrefix.size()), '.').front(), second) && second <= kFarFuture)
      newest = std::max(newest, second);
  }
  return newest;
}

}  // namespace

io::EventWriter& ScalarFile::file() {
  if (!file_) {
    const std::int64_t second = std::max(utc_now_ms() / 1000, newest_second(run_) + 1);
    file_ = std::make_unique<io::EventWriter>(run_ / io::event_file_name(second, host_name(), getpid(), 0), now_s());
  }
  return *file_;
}

void ScalarFile::supersede_from(std::int64_t step) {
  file().add_session_start(step, now_s());
  file().flush();
}

void ScalarFile::write(const std::vector<ScalarRecord>& records) {
  std::vector<io::ScalarValue> values;
  for (std::size_t i = 0; i < records.size(); ++i) {
    values.push_back({records[i].tag, static_cast<float>(records[i].value)});
    if (i + 1 < records.size() && records[i + 1].step == records[i].step) continue;
    file().add(records[i].step, records[i].wall_time_s, values);
    values.clear();
  }
  file().flush();
}

}  // namespace geocyte::store
