// SPDX-License-Identifier: GPL-3.0-or-later
// Presets and user files: YAML with "system", "title", "summary", "parent" beside the parameters. A preset inherits
// everything from its parent; --set comes last.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/config/system_spec.h"

namespace geocyte::config {

/// YAML text -> JSON (1.2 core schema: true/false, null/~, ints, floats, everything quoted is text).
/// Throws Error{bad_config} with line and column.
Json parse_yaml(std::string_view text, const std::string& name);
/// JSON -> YAML that parses back to the same JSON.
std::string to_yaml(const Json& values);

struct ResolvedRun {
  const SystemSpec* system = nullptr;
  std::string preset;           ///< "gems/demo", "" when none
  std::string title;
  Json options;                 ///< complete, validated
};

/// `preset` is "system/id", "user/NAME" (user_presets.h) or the path of a YAML file; `assignments` are "a.b=c".
/// Throws Error{bad_config} for an unknown system, preset (with the nearest name), parent cycle or value.
ResolvedRun resolve_run(const std::vector<SystemSpec>& systems, const std::string& preset,
                        const std::vector<std::string>& assignments);

/// The same for a text that is no file yet; `name` is what messages call it. `preset` of the result is the parent it names.
ResolvedRun resolve_text(const std::vector<SystemSpec>& systems, const std::string& yaml, const std::string& name);

/// Reads title and summary out of a preset's YAML text.
PresetSpec describe_preset(std::string id, std::string yaml);

}  // namespace geocyte::config
