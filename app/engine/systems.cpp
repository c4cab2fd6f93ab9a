// SPDX-License-Identifier: GPL-3.0-or-later
// `systems`: what can be trained, with which presets.
#include <cstdio>

#include <CLI/CLI.hpp>

#include "app/engine/command.h"
#include "engine/config/user_presets.h"
#include "engine/core/error.h"
#include "plugins/registry.h"

namespace geocyte::app {
namespace {

/// Those that the user saved. Empty where there is no place for them.
std::vector<config::PresetSpec> own_presets() {
  try {
    return config::user_presets(config::user_presets_folder());
  } catch (const Error&) {
    return {};
  }
}

bool is_for(const config::PresetSpec& preset, const std::string& system) {
  const std::string named = config::system_named_in(preset.yaml);
  return named.empty() || named == system;
}

std::string own_name(const config::PresetSpec& preset) { return std::string(config::kUserPresets) + "/" + preset.id; }

int list_systems(bool json) {
  const auto specs = plugins::all_specs();
  const auto own = own_presets();
  if (json) {
    Json list = Json::array();
    for (const auto& spec : specs) {
      Json presets = Json::array();
      for (const auto& preset : spec.presets)
        presets.push_back({{"id", spec.id + "/" + preset.id}, {"title", preset.title}, {"summary", preset.summary}});
      for (const auto& preset : own)
        if (is_for(preset, spec.id)) presets.push_back({{"id", own_name(preset)}, {"title", preset.title}, {"summary", preset.summary}, {"own", true}});
      list.push_back({{"id", spec.id}, {"title", spec.title}, {"summary", spec.summary}, {"presets", presets}});
    }
    std::printf("%s\n", list.dump(2).c_str());
    return 0;
  }
  for (const auto& spec : specs) {
    std::printf("%s  %s\n    %s\n", spec.id.c_str(), spec.title.c_str(), spec.summary.c_str());
    for (const auto& preset : spec.presets)
      std::printf("    %-28s %s\n", (spec.id + "/" + preset.id).c_str(), preset.title.c_str());
    for (const auto& preset : own)
      if (is_for(preset, spec.id)) std::printf("    %-28s %s\n", own_name(preset).c_str(), preset.title.empty() ? "saved by you" : preset.title.c_str());
  }
  return 0;
}

}  // namespace

void add_systems(CLI::App& root, Session& session) {
  root.add_subcommand("systems", "list the systems and their presets")->callback([&session] {
    session.action = [&session] { return list_systems(session.json); };
  });
}

}  // namespace geocyte::app
