// SPDX-License-Identifier: GPL-3.0-or-later
// A configuration that is edited before it is trained: a preset and what was changed in it.
#pragma once

#include <QString>

#include <optional>

#include "app/desktop/system_specs.h"
#include "engine/jobs/job_spec.h"

namespace geocyte::desktop {

struct RunDraft {
  QString system;               ///< "gems"
  QString preset;               ///< "gems/demo", "user/mine", a file, or "gems" for the system's defaults
  QString name;                 ///< the user's word for the run, "" = the preset's
  Json base;                    ///< complete options of the preset
  Json options;                 ///< complete options as edited
};

/// Throws Error{bad_config} for a preset that does not exist or is wrong.
RunDraft draftOf(const std::vector<config::SystemSpec>& specs, const QString& preset);

/// A draft with the options of a run: based on the run's preset where that still exists, else on the system's defaults.
RunDraft draftOfRun(const std::vector<config::SystemSpec>& specs, const QString& system, const QString& preset, const QString& name, const Json& options);

/// A draft of the system that can see cells through the encoder of a run of `system` in `folder` (a parameter with run_of): the preset
/// "recommended", the run, and the run's sources where it names some. nullopt when there is no such system.
std::optional<RunDraft> draftWithEncoder(const std::vector<config::SystemSpec>& specs, const QString& system, const QString& folder, const Json& options);

/// {"steps": 300, "loss": {"coral": {"weight": 2}}}: where the options differ from the base.
Json changesOf(const config::Schema& schema, const RunDraft& draft);

/// The draft as a preset: system, parent and changes as YAML; with `title` one line more.
std::string yamlOf(const config::Schema& schema, const RunDraft& draft, const std::string& title = {});

/// Reads the draft back from a text as yamlOf() writes it; the name stays. Throws Error{bad_config}.
RunDraft draftFromYaml(const std::vector<config::SystemSpec>& specs, const std::string& yaml, const RunDraft& before);

/// What starts it: the preset and a --set for each change.
jobs::JobSpec jobOf(const config::Schema& schema, const RunDraft& draft);

/// "preset demo", "preset mine", "default": what its fields are compared with.
QString baseName(const RunDraft& draft);

}  // namespace geocyte::desktop
