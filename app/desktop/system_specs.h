// SPDX-License-Identifier: GPL-3.0-or-later
// The specs of systems for files that also include Qt. Qt defines a macro named "slots", which would erase the member of
// that name; include this header in place of engine/config/system_spec.h and presets.h.
#pragma once

#pragma push_macro("slots")
#undef slots
#include "engine/config/presets.h"
#include "engine/config/system_spec.h"
#include "plugins/registry.h"
#pragma pop_macro("slots")
