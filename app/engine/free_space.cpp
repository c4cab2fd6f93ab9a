// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/engine/free_space.h"

#include <algorithm>
#include <fstream>
#include <string>
#include <system_error>

#include <unistd.h>

namespace geocyte::app {
namespace {

namespace fs = std::filesystem;

/// The number in a file of one; a negative one when there is none ("max" means no limit).
double number_in(const fs::path& path) {
  std::ifstream in(path);
  double value = -1;
  return in >> value ? value : -1;
}

/// The group of this process in the one hierarchy of cgroup v2; "" where there is none.
fs::path control_group() {
  std::ifstream in("/proc/self/cgroup");
  for (std::string line; std::getline(in, line);)
    if (line.starts_with("0::/")) return fs::path("/sys/fs/cgroup") / line.substr(4);
  return {};
}

}  // namespace

double free_memory_bytes() {
  double available = 0;
  std::ifstream in("/proc/meminfo");
  for (std::string line; std::getline(in, line);)
    if (line.starts_with("MemAvailable:")) available = 1024 * std::stod(line.substr(13));
  if (const fs::path group = control_group(); !group.empty()) {
    const double limit = number_in(group / "memory.max"), used = number_in(group / "memory.current");
    if (limit >= 0 && used >= 0) available = std::min(available, std::max(limit - used, 0.0));
  }
  return available;
}

FreeDisk free_disk(const fs::path& folder) {
  std::error_code why;
  fs::path at = fs::absolute(folder, why);
  while (!fs::is_directory(at, why) && at.has_parent_path() && at != at.parent_path()) at = at.parent_path();
  const fs::space_info space = fs::space(at, why);
  return {at, why ? 0.0 : static_cast<double>(space.available), access(at.c_str(), W_OK | X_OK) == 0};
}

}  // namespace geocyte::app
