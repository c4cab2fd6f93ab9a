// SPDX-License-Identifier: GPL-3.0-or-later
// Presets of the user: YAML files in one folder, asked for as "user/NAME" by window and command line alike.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "engine/config/system_spec.h"

namespace geocyte::config {

/// What stands before the slash.
inline constexpr const char* kUserPresets = "user";

/// $GEOCYTE_PRESETS, else ${XDG_CONFIG_HOME:-~/.config}/geocyte/presets. Nothing is created.
std::filesystem::path user_presets_folder();

/// The presets of a folder by name; files that cannot be read or parsed are left out. An absent folder has none.
std::vector<PresetSpec> user_presets(const std::filesystem::path& folder);

/// The system that a preset's text names itself, or by its parent "gems/demo"; "" when it takes more than one look to tell.
std::string system_named_in(const std::string& yaml);

/// A name for a file and for "user/NAME": letters, digits, '-', '_', '.', not hidden, at most 60.
bool is_user_preset_name(const std::string& name);

/// Writes `yaml` as NAME.yaml, atomically, and returns the file. Throws Error{bad_config} for a name that is none, Error{storage}
/// when the folder cannot be made or written.
std::filesystem::path save_user_preset(const std::filesystem::path& folder, const std::string& name, const std::string& yaml);

}  // namespace geocyte::config
