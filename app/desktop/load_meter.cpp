// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/load_meter.h"

#include <unistd.h>

#include <chrono>
#include <fstream>
#include <sstream>
#include <string>

namespace geocyte::desktop {

LoadMeter::Reading LoadMeter::look(std::int64_t pid) {
  if (pid != pid_) *this = LoadMeter();
  pid_ = pid;
  std::ifstream file("/proc/" + std::to_string(pid) + "/stat");
  std::string line;
  if (pid <= 0 || !std::getline(file, line)) return {};
  // The name in brackets may hold anything, brackets too: the fields begin after the last one. First is field 3.
  const auto bracket = line.rfind(')');
  if (bracket == std::string::npos) return {};
  std::istringstream fields(line.substr(bracket + 1));
  std::string skipped;
  for (int field = 3; field < 14; ++field) fields >> skipped;
  double user = 0, system = 0, rss_pages = 0;
  fields >> user >> system;
  for (int field = 16; field < 24; ++field) fields >> skipped;
  fields >> rss_pages;
  if (!fields) return {};

  using namespace std::chrono;
  const std::int64_t now_ms = duration_cast<milliseconds>(steady_clock::now().time_since_epoch()).count();
  const double cpu_seconds = (user + system) / static_cast<double>(sysconf(_SC_CLK_TCK));
  Reading reading;
  reading.rss_bytes = rss_pages * static_cast<double>(sysconf(_SC_PAGESIZE));
  if (at_ms_ > 0 && now_ms > at_ms_) reading.cpu_percent = 100 * (cpu_seconds - cpu_seconds_) / (static_cast<double>(now_ms - at_ms_) / 1000);
  at_ms_ = now_ms;
  cpu_seconds_ = cpu_seconds;
  return reading;
}

}  // namespace geocyte::desktop
