// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/run_draft.h"

#include <QFileInfo>
#include <QObject>

#include "engine/core/error.h"

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
