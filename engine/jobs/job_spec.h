// SPDX-License-Identifier: GPL-3.0-or-later
// What to train, as a value: it is the command line of geocyte-engine in words that a form can fill in.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace geocyte::jobs {

struct JobSpec {
  std::string preset;                                      ///< "gems/demo" or a file "my.yaml"
  std::vector<std::pair<std::string, std::string>> set;    ///< dotted path and YAML value: {"loss.vicreg.weight", "2"}
  std::filesystem::path runs;                              ///< the runs folder
  std::string run_id;                                      ///< "" = the engine chooses
  std::string name;                                        ///< the user's word for the run
  std::string device = "auto";                             ///< auto, cpu, cuda
  int threads = 0;                                         ///< 0 = all
};

/// {"train", "--preset", "gems/demo", "--runs", …}: arguments for geocyte-engine.
std::vector<std::string> training_arguments(const JobSpec& job);

/// "20261121-141530-gems-breast-7f3a": UTC to the second, system, name, four random hexadecimal digits. What is not a
/// letter, a digit or '_' in the name becomes '-'; a long name is cut. Throws Error{bad_config} when `system` has other signs.
std::string new_run_id(std::string_view system, std::string_view name, std::int64_t utc_ms);

/// True for what can be a folder name and cannot leave the runs folder: letters, digits, '-', '_' and '.', no leading '.' or '-'.
bool is_run_id(std::string_view id);

}  // namespace geocyte::jobs
