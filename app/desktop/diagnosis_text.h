// SPDX-License-Identifier: GPL-3.0-or-later
// From a diagnosis of sources as the engine writes it (resources/docs/run-directory.md) to words, a table and arrays. The
// JSON may come from a file of somebody else: whatever is missing or of another kind is left out.
#pragma once

#include "engine/core/json.h"
#include "widgets/base/array_map.h"
#include "widgets/controls/diagnosis_sheet.h"

namespace geocyte::desktop {

widgets::DiagnosisText diagnosisTextOf(const Json& report);
/// diagnosis/standardised with diagnosis/floor_standardised and diagnosis/gate_standardised (the multiple of the floor from which a
/// pair is apart), diagnosis/raw (with floor and gate), of (source, source), for a matrix view; empty when there are no distances.
widgets::ArrayMap distancesOf(const Json& report);

}  // namespace geocyte::desktop
