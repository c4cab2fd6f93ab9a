// SPDX-License-Identifier: GPL-3.0-or-later
// What `geocyte-engine apply` answered, for people and for views: the sketch of its cells as arrays, the check before it as a list.
#pragma once

#include <QString>

#include <vector>

#include "engine/core/json.h"
#include "widgets/base/array_map.h"
#include "widgets/controls/check_list.h"

namespace geocyte::desktop {

/// The answer's "sketch" (app/engine/apply_sketch.h): "coordinates/predicted" where there are places, else "embedding/pca", both (cell, 2 or 3), "coordinates/uncertainty" and
/// "coordinates/off_tissue"; labels of obs, and `file` as "source" where obs has none. Empty when the sketch is not what it should be.
widgets::ArrayMap appliedCells(const Json& answer, const QString& run, const QString& file);

/// What an embedding is coloured by at first: sources, where there are several, else the first label of types, else sources.
QString firstColour(const widgets::ArrayMap& map);

/// Rows "model", "cells", "genes", "memory", "out" of the answer to `apply --dry-run`; none when that is not what it should be.
std::vector<widgets::CheckRow> applyChecks(const Json& plan, bool missing_as_zero);
/// Nothing in the plan forbids to go on.
bool canApply(const std::vector<widgets::CheckRow>& rows);

/// "apply: 40 % · laying out" -> 40 and "laying out"; false for other lines.
bool readProgress(const QString& line, int& percent, QString& words);

}  // namespace geocyte::desktop
