// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/run_draft.h"

#include <QFileInfo>
#include <QObject>

#include <algorithm>

#include "engine/core/error.h"
#include "engine/core/text.h"

namespace geocyte::desktop {
namespace {

/// The values of a resolved configuration at the paths of the schema that differ.
template <class Each>
void forEachChange(const config::Schema& schema, const RunDraft& draft, Each each) {
  for (const config::Parameter& parameter : schema) {
    const Json* now = config::find(draft.options, parameter.path);
    const Json* before = config::find(draft.base, parameter.path);
    if (now && (!before || *now != *before)) each(parameter.path, *now);
  }
}

const config::Parameter* parameterOf(const config::SystemSpec& spec, const char* path) {
  const auto found = std::find_if(spec.parameters.begin(), spec.parameters.end(), [&](const config::Parameter& one) { return one.path == path; });
  return found == spec.parameters.end() ? nullptr : &*found;
}

/// The sources of another system as far as this one describes them alike.
Json sourcesFor(const config::Parameter& list, const Json& given) {
  Json sources = Json::array();
  for (const Json& from : given) {
    Json source = Json::object();
    for (const config::Parameter& field : list.fields)
      if (from.is_object() && from.contains(field.path)) source[field.path] = from[field.path];
    sources.push_back(std::move(source));
  }
  return sources;
}

/// Slides that are to be rebuilt: those the preset or the run holds out, as far as they are there; else the last slide.
Json heldOutOf(const Json& sources, const Json& base, const Json& options) {
  const auto named = [&](const Json& name) { return std::any_of(sources.begin(), sources.end(), [&](const Json& one) { return one.value("name", Json()) == name; }); };
  for (const auto& [from, path] : {std::pair{&base, "held_out.sources"}, {&options, "held_out.coordinates"}, {&options, "held_out.sources"}}) {
    Json held = Json::array();
    if (const Json* names = config::find(*from, path); names && names->is_array())
      for (const Json& name : *names)
        if (named(name)) held.push_back(name);
    if (!held.empty()) return held;
  }
  for (auto one = sources.rbegin(); one != sources.rend(); ++one)
    if (one->value("modality", std::string()) == "st") return Json::array({one->value("name", std::string())});
  return Json::array();
}

bool isFile(const QString& preset) { return preset.endsWith(QLatin1String(".yaml")) || preset.endsWith(QLatin1String(".yml")); }

}  // namespace

RunDraft draftOf(const std::vector<config::SystemSpec>& specs, const QString& preset) {
  const config::ResolvedRun run = config::resolve_run(specs, preset.toStdString(), {});
  RunDraft draft;
  draft.system = QString::fromStdString(run.system->id);
  draft.preset = preset;
  draft.base = draft.options = run.options;
  return draft;
}

RunDraft draftOfRun(const std::vector<config::SystemSpec>& specs, const QString& system, const QString& preset, const QString& name, const Json& options) {
  RunDraft draft;
  try {
    draft = draftOf(specs, preset.isEmpty() ? system : preset);
  } catch (const Error&) {
    draft = draftOf(specs, system);            // the preset is gone or another machine's
  }
  for (const config::SystemSpec& spec : specs)
    if (spec.id == draft.system.toStdString())
      for (const config::Parameter& parameter : spec.parameters)
        if (const Json* value = config::find(options, parameter.path)) config::set(draft.options, parameter.path, *value);
  draft.name = name;
  return draft;
}

std::optional<RunDraft> draftWithEncoder(const std::vector<config::SystemSpec>& specs, const QString& system, const QString& folder, const Json& options) {
  for (const config::SystemSpec& spec : specs)
    for (const config::Parameter& parameter : spec.parameters) {
      if (parameter.run_of.empty() || parameter.run_of != system.toStdString()) continue;
      const auto recommended = std::any_of(spec.presets.begin(), spec.presets.end(), [](const auto& preset) { return preset.id == "recommended"; });
      RunDraft draft = draftOf(specs, QString::fromStdString(recommended ? spec.id + "/recommended" : spec.id));
      config::set(draft.options, parameter.path, folder.toStdString());
      if (const auto equal = parameter.only_with.find('='); equal != std::string::npos)
        config::set(draft.options, parameter.only_with.substr(0, equal), split(parameter.only_with.substr(equal + 1), '|').front());
      const config::Parameter* list = parameterOf(spec, "sources");
      const Json* given = config::find(options, "sources");
      if (!list || !given || !given->is_array() || given->empty()) return draft;
      const Json sources = sourcesFor(*list, *given);
      config::set(draft.options, "sources", sources);
      for (const char* same : {"data_folder", "genes"})
        if (const Json* value = config::find(options, same); value && parameterOf(spec, same)) config::set(draft.options, same, *value);
      if (parameterOf(spec, "held_out.sources")) config::set(draft.options, "held_out.sources", heldOutOf(sources, draft.base, options));
      return draft;
    }
  return std::nullopt;
}

Json changesOf(const config::Schema& schema, const RunDraft& draft) {
  Json changes = Json::object();
  forEachChange(schema, draft, [&](const std::string& path, const Json& value) { config::set(changes, path, value); });
  return changes;
}

std::string yamlOf(const config::Schema& schema, const RunDraft& draft, const std::string& title) {
  Json head = {{"system", draft.system.toStdString()}};
  std::string text = config::to_yaml(head);
  if (!title.empty()) text += config::to_yaml(Json{{"title", title}});
  if (draft.preset != draft.system) text += config::to_yaml(Json{{"parent", draft.preset.toStdString()}});
  const Json changes = changesOf(schema, draft);
  return changes.empty() ? text : text + config::to_yaml(changes);
}

RunDraft draftFromYaml(const std::vector<config::SystemSpec>& specs, const std::string& yaml, const RunDraft& before) {
  const config::ResolvedRun run = config::resolve_text(specs, yaml, "this text");
  const QString parent = QString::fromStdString(run.preset);
  RunDraft draft = draftOf(specs, parent.isEmpty() ? QString::fromStdString(run.system->id) : parent);
  draft.options = run.options;
  draft.name = before.name;
  return draft;
}

jobs::JobSpec jobOf(const config::Schema& schema, const RunDraft& draft) {
  jobs::JobSpec job;
  job.preset = draft.preset.toStdString();
  job.name = draft.name.trimmed().toStdString();
  job.device.clear();                          // a parameter like the others
  forEachChange(schema, draft, [&](const std::string& path, const Json& value) { job.set.emplace_back(path, value.dump()); });
  return job;
}

QString baseName(const RunDraft& draft) {
  if (draft.preset == draft.system || draft.preset.isEmpty()) return QObject::tr("default");
  return QObject::tr("preset %1").arg(isFile(draft.preset) ? QFileInfo(draft.preset).completeBaseName() : draft.preset.section('/', -1));
}

}  // namespace geocyte::desktop
