// SPDX-License-Identifier: GPL-3.0-or-later
// The presets of a system and the user's own, as a menu.
#pragma once

#include <QString>

#include <functional>

#include "app/desktop/system_specs.h"

class QMenu;

namespace geocyte::desktop {

/// The user's presets of a system (or of none that could be told), by name.
std::vector<config::PresetSpec> userPresetsOf(const std::string& system);

/// Fills `menu`; `chosen` gets "gems/demo" or "user/mine".
void fillPresetMenu(QMenu* menu, const config::SystemSpec& spec, const std::function<void(const QString&)>& chosen);

/// A few words and a sentence about a preset: what its file says.
struct PresetWords {
  QString title, summary;
};
PresetWords wordsOf(const std::vector<config::SystemSpec>& specs, const QString& preset);

}  // namespace geocyte::desktop
