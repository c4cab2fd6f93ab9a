// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/jobs/job_spec.h"

#include <algorithm>
#include <ctime>
#include <random>

#include <fmt/format.h>

#include "engine/core/error.h"

namespace geocyte::jobs {
namespace {

constexpr std::size_t kLongestName = 40;

bool is_plain(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_'; }

/// The name as a piece of a folder's name: "Breast, 5 sources" becomes "Breast-5-sources".
std::string folder_word(std::string_view name) {
  std::string word;
  for (const char c : name) {
    if (is_plain(c)) {
      word += c;
    } else if (!word.empty() && word.back() != '-') {
      word += '-';
    }
  }
  word.resize(std::min(word.size(), kLongestName));
  while (!word.empty() && word.back() == '-') word.pop_back();
  return word.empty() ? "run" : word;
}

}  // namespace

std::vector<std::string> training_arguments(const JobSpec& job) {
  std::vector<std::string> arguments = {"train", "--preset", job.preset, "--runs", job.runs.string()};
  const auto add = [&](const char* option, const std::string& value) {
    if (value.empty()) return;
    arguments.emplace_back(option);
    arguments.push_back(value);
  };
  add("--run-id", job.run_id);
  add("--name", job.name);
  for (const auto& [path, value] : job.set) add("--set", path + "=" + value);
  add("--device", job.device);
  if (job.threads > 0) add("--threads", std::to_string(job.threads));
  return arguments;
}

std::string new_run_id(std::string_view system, std::string_view name, std::int64_t utc_ms) {
  if (system.empty() || !std::all_of(system.begin(), system.end(), is_plain))
    throw Error(ErrorCode::bad_config, "the name of a system is made of letters, digits and '_'");
  const std::time_t seconds = static_cast<std::time_t>(utc_ms / 1000);
  std::tm utc{};
  gmtime_r(&seconds, &utc);
  std::random_device random;
  return fmt::format("{:04}{:02}{:02}-{:02}{:02}{:02}-{}-{}-{:04x}", utc.tm_year + 1900, utc.tm_mon + 1, utc.tm_mday, utc.tm_hour,
                     utc.tm_min, utc.tm_sec, system, folder_word(name), random() & 0xffffu);
}

bool is_run_id(std::string_view id) {
  return !id.empty() && id.size() <= 200 && id.front() != '.' && id.front() != '-' &&
         std::all_of(id.begin(), id.end(), [](char c) { return is_plain(c) || c == '-' || c == '.'; });
}

}  // namespace geocyte::jobs
