// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/config/user_presets.h"

#include <algorithm>
#include <cctype>
#include <cstdlib>

#include "engine/config/presets.h"
#include "engine/core/atomic_file.h"
#include "engine/core/error.h"
#include "engine/core/paths.h"
#include "engine/core/text.h"

namespace geocyte::config {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kLargestPreset = 1'000'000, kLongestName = 60;

}  // namespace

fs::path user_presets_folder() {
  const char* chosen = std::getenv("GEOCYTE_PRESETS");
  return chosen != nullptr && *chosen != '\0' ? fs::path(chosen) : config_folder() / "presets";
}

std::vector<PresetSpec> user_presets(const fs::path& folder) {
  std::vector<PresetSpec> presets;
  std::error_code problem;
  for (const auto& entry : fs::directory_iterator(folder, problem)) {
    const std::string id = entry.path().stem().string();
    if (entry.path().extension() != ".yaml" || !is_user_preset_name(id)) continue;
    try {
      presets.push_back(describe_preset(id, read_file(entry.path(), kLargestPreset)));
    } catch (const Error&) {  // one bad file does not hide the others; asking for it says what is wrong
    }
  }
  std::sort(presets.begin(), presets.end(), [](const PresetSpec& a, const PresetSpec& b) { return a.id < b.id; });
  return presets;
}

std::string system_named_in(const std::string& yaml) {
  const Json values = parse_yaml(yaml, "preset");
  const auto text = [&](const char* key) {
    const auto found = values.is_object() ? values.find(key) : values.end();
    return values.is_object() && found != values.end() && found->is_string() ? found->get<std::string>() : std::string();
  };
  if (const std::string system = text("system"); !system.empty()) return system;
  const std::string parent = text("parent");
  const std::string first = parent.substr(0, parent.find('/'));
  return first == parent || first == kUserPresets || parent.ends_with(".yaml") ? std::string() : first;
}

bool is_user_preset_name(const std::string& name) {
  return !name.empty() && name.size() <= kLongestName && name.front() != '.' && name.front() != '-' &&
         std::all_of(name.begin(), name.end(), [](unsigned char c) { return std::isalnum(c) != 0 || c == '-' || c == '_' || c == '.'; });
}

fs::path save_user_preset(const fs::path& folder, const std::string& name, const std::string& yaml) {
  if (!is_user_preset_name(name))
    throw Error(ErrorCode::bad_config, quoted(name) + " cannot be the name of a preset", "Use letters, digits, '-', '_' and '.'.");
  std::error_code problem;
  fs::create_directories(folder, problem);
  if (problem || !fs::is_directory(folder))
    throw Error(ErrorCode::storage, "the folder of presets " + folder.string() + " cannot be made", "Set GEOCYTE_PRESETS to another one.");
  const fs::path file = folder / (name + ".yaml");
  write_file_atomically(file, yaml);
  return file;
}

}  // namespace geocyte::config
