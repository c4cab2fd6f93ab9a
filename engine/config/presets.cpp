// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/config/presets.h"

#include <algorithm>
#include <filesystem>

#include "engine/config/user_presets.h"
#include "engine/config/values.h"
#include "engine/core/atomic_file.h"
#include "engine/core/error.h"
#include "engine/core/text.h"

namespace geocyte::config {
namespace {

namespace fs = std::filesystem;

/// One text of a chain: the asked one or a parent.
struct Layer {
  std::string id;               ///< "gems/demo" or a path: what messages and the cycle check call it
  const SystemSpec* system = nullptr;
  std::string title, parent;
  Json values = Json::object(); ///< parameters only
  fs::path folder;              ///< of a file, for a relative parent
};

std::string take_text(Json& values, const char* key, const std::string& id) {
  const auto place = values.find(key);
  if (place == values.end()) return {};
  if (!place->is_string())
    throw Error(ErrorCode::bad_config, id + ": \"" + key + "\" must be text");
  std::string text = place->get<std::string>();
  values.erase(place);
  return text;
}

const SystemSpec& system_named(const std::vector<SystemSpec>& systems, const std::string& id) {
  std::vector<std::string> names;
  for (const auto& system : systems) {
    if (system.id == id) return system;
    names.push_back(system.id);
  }
  const std::string near = nearest_name(id, names);
  throw Error(ErrorCode::bad_config, "there is no system " + quoted(id),
              near.empty() ? "The systems are " + listed(names, 12) + "." : "Did you mean " + near + "?");
}

const PresetSpec& preset_named(const SystemSpec& system, const std::string& id) {
  std::vector<std::string> names;
  for (const auto& preset : system.presets) {
    if (preset.id == id) return preset;
    names.push_back(preset.id);
  }
  const std::string near = nearest_name(id, names);
  throw Error(ErrorCode::bad_config, "system " + system.id + " has no preset " + quoted(id),
              !near.empty()   ? "Did you mean " + system.id + "/" + near + "?"
              : names.empty() ? "It has none."
                              : "Its presets are " + listed(names, 12) + ".");
}

/// Takes the metadata out of a parsed text; the parameters stay in layer.values.
void fill(Layer& layer, Json parsed, const std::vector<SystemSpec>& systems) {
  if (parsed.is_null()) parsed = Json::object();
  if (!parsed.is_object())
    throw Error(ErrorCode::bad_config, layer.id + " holds no parameters", "Write it as lines of \"name: value\".");
  const std::string system = take_text(parsed, "system", layer.id);
  layer.title = take_text(parsed, "title", layer.id);
  layer.parent = take_text(parsed, "parent", layer.id);
  take_text(parsed, "summary", layer.id);
  if (!system.empty()) {
    const SystemSpec& named = system_named(systems, system);
    if (layer.system != nullptr && layer.system != &named)
      throw Error(ErrorCode::bad_config,
                  layer.id + " says that it belongs to " + system + ", but is a preset of " + layer.system->id);
    layer.system = &named;
  }
  layer.values = std::move(parsed);
}

bool names_a_file(const std::string& text) { return text.ends_with(".yaml") || text.ends_with(".yml"); }

Layer load_file(const std::vector<SystemSpec>& systems, const fs::path& path) {
  Layer layer;
  layer.id = path.lexically_normal().string();
  layer.folder = path.parent_path();
  std::string text;
  try {
    text = read_file(path, 1'000'000);
  } catch (const Error& problem) {
    throw Error(ErrorCode::bad_config, problem.message(), "Check the path of the configuration file.");
  }
  fill(layer, parse_yaml(text, layer.id), systems);
  return layer;
}

Layer load_preset(const std::vector<SystemSpec>& systems, const SystemSpec& system, const std::string& id) {
  const PresetSpec& preset = preset_named(system, id);
  Layer layer;
  layer.id = system.id + "/" + id;
  layer.system = &system;
  fill(layer, parse_yaml(preset.yaml, "preset " + layer.id), systems);
  return layer;
}

Layer load_user_preset(const std::vector<SystemSpec>& systems, const std::string& id) {
  const auto known = user_presets(user_presets_folder());
  std::vector<std::string> names;
  for (const auto& preset : known) {
    if (preset.id == id) {
      Layer layer;
      layer.id = std::string(kUserPresets) + "/" + id;
      layer.folder = user_presets_folder();
      fill(layer, parse_yaml(preset.yaml, "preset " + layer.id), systems);
      return layer;
    }
    names.push_back(preset.id);
  }
  const std::string near = nearest_name(id, names);
  throw Error(ErrorCode::bad_config, "you have no preset " + quoted(id) + " in " + user_presets_folder().string(),
              !near.empty()   ? "Did you mean user/" + near + "?"
              : names.empty() ? "Save one from the window, or put a YAML file there."
                              : "Yours are " + listed(names, 12) + ".");
}

/// "gems/demo", "user/mine", "gems" (its defaults), or a file. `child` is the layer that names it as its parent, or nullptr.
Layer load(const std::vector<SystemSpec>& systems, const std::string& name, const Layer* child) {
  if (names_a_file(name)) return load_file(systems, child ? child->folder / name : fs::path(name));
  const std::size_t slash = name.find('/');
  const std::string first = name.substr(0, slash);
  const bool is_system = std::any_of(systems.begin(), systems.end(), [&](const auto& s) { return s.id == first; });
  if (slash == std::string::npos) {
    if (child != nullptr && child->system != nullptr) return load_preset(systems, *child->system, name);
    Layer layer;
    layer.id = name;
    layer.system = &system_named(systems, name);
    return layer;
  }
  if (is_system) return load_preset(systems, system_named(systems, first), name.substr(slash + 1));
  if (first == kUserPresets) return load_user_preset(systems, name.substr(slash + 1));
  std::error_code ignored;
  if (child == nullptr && fs::is_regular_file(name, ignored)) return load_file(systems, name);
  return load_preset(systems, system_named(systems, first), name.substr(slash + 1));
}

/// The asked layer first, its parents after it.
std::vector<Layer> chain_of(const std::vector<SystemSpec>& systems, Layer asked) {
  std::vector<Layer> chain;
  chain.push_back(std::move(asked));
  while (!chain.back().parent.empty()) {
    Layer parent = load(systems, chain.back().parent, &chain.back());
    for (const auto& seen : chain) {
      if (seen.id != parent.id) continue;
      std::string circle;
      for (const auto& layer : chain) circle += layer.id + " -> ";
      throw Error(ErrorCode::bad_config, "presets are each other's parents in a circle: " + circle + parent.id,
                  "Remove one of the parent lines.");
    }
    chain.push_back(std::move(parent));
  }
  return chain;
}

const SystemSpec& system_of(const std::vector<Layer>& chain) {
  const SystemSpec* system = nullptr;
  for (const auto& layer : chain) {
    if (layer.system == nullptr) continue;
    if (system != nullptr && system != layer.system)
      throw Error(ErrorCode::bad_config, chain.front().id + " mixes the systems " + system->id + " and " +
                                             layer.system->id + " in its line of parents");
    system = layer.system;
  }
  if (system == nullptr)
    throw Error(ErrorCode::bad_config, chain.front().id + " does not say which system it configures",
                "Add a line such as \"system: gems\" or \"parent: gems/demo\".");
  return *system;
}

ResolvedRun resolve_chain(const std::vector<Layer>& chain, const std::vector<std::string>& assignments) {
  ResolvedRun run;
  run.system = &system_of(chain);
  const std::string& asked = chain.front().id;
  const bool is_preset = asked.starts_with(run.system->id + "/") || asked.starts_with(std::string(kUserPresets) + "/");
  run.preset = is_preset ? asked : "";
  for (const auto& layer : chain)
    if (run.title.empty()) run.title = layer.title;
  if (run.title.empty()) run.title = run.system->title;

  Json overrides = Json::object();
  for (auto layer = chain.rbegin(); layer != chain.rend(); ++layer) {
    const Json values = with_context("reading " + layer->id, [&] {
      const Json nested = nest(layer->values);
      validate(run.system->parameters, nested);
      return nested;
    });
    merge_values(overrides, values);
  }
  for (const auto& assignment : assignments) {
    Json single = Json::object();
    apply_assignment(single, assignment);
    validate(run.system->parameters, single);
    merge_values(overrides, single);
  }
  run.options = resolve(run.system->parameters, overrides);
  return run;
}

}  // namespace

ResolvedRun resolve_run(const std::vector<SystemSpec>& systems, const std::string& preset,
                        const std::vector<std::string>& assignments) {
  if (preset.empty()) {
    std::vector<std::string> names;
    for (const auto& system : systems)
      for (const auto& offered : system.presets) names.push_back(system.id + "/" + offered.id);
    throw Error(ErrorCode::usage, "no preset is named", "Choose one of " + listed(names, 12) + ", or a YAML file.");
  }
  return resolve_chain(chain_of(systems, load(systems, preset, nullptr)), assignments);
}

ResolvedRun resolve_text(const std::vector<SystemSpec>& systems, const std::string& yaml, const std::string& name) {
  Layer layer;
  layer.id = name;
  layer.folder = user_presets_folder();
  fill(layer, parse_yaml(yaml, name), systems);
  const std::string parent = layer.parent;
  ResolvedRun run = resolve_chain(chain_of(systems, std::move(layer)), {});
  run.preset = parent.empty() || parent.find('/') != std::string::npos ? parent : run.system->id + "/" + parent;
  return run;
}

PresetSpec describe_preset(std::string id, std::string yaml) {
  PresetSpec preset;
  Json values = parse_yaml(yaml, "preset " + id);
  if (values.is_object()) {
    preset.title = take_text(values, "title", "preset " + id);
    preset.summary = take_text(values, "summary", "preset " + id);
  }
  if (preset.title.empty()) preset.title = id;
  preset.id = std::move(id);
  preset.yaml = std::move(yaml);
  return preset;
}

}  // namespace geocyte::config
