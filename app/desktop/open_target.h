// SPDX-License-Identifier: GPL-3.0-or-later
// What a path is that somebody dropped, typed or chose.
#pragma once

#include <QString>

#include <vector>

#include "app/desktop/system_specs.h"

namespace geocyte::desktop {

struct OpenTarget {
  enum class Kind { run, runs_folder, grid, configuration, data, unknown };
  Kind kind = Kind::unknown;
  QString path;                 ///< absolute; of a grid: what was asked for
  QString grid;                 ///< ablation.json of a grid, or of the grid that a run belongs to; "" = none
  QString system;               ///< of a configuration
  QString problem;              ///< of unknown: one sentence
};

/// Looks at the file system: call it off the GUI thread.
OpenTarget classify(const QString& path, const std::vector<config::SystemSpec>& specs);

}  // namespace geocyte::desktop
