// SPDX-License-Identifier: GPL-3.0-or-later
// A data file and what the engine found in it. The engine looks in a process of its own, so that no file can end the window.
#pragma once

#include <QString>

#include "app/desktop/engine_call.h"
#include "engine/inspect/inspect_file.h"

namespace geocyte::desktop {

struct InspectedFile {
  QString path;                 ///< absolute
  QString problem;              ///< why it could not be looked at, "" = it could
  inspect::FileInspection found;
};

/// What `geocyte-engine inspect PATH` answered.
InspectedFile inspectedFrom(const QString& path, const EngineAnswer& answer);

}  // namespace geocyte::desktop
