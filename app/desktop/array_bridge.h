// SPDX-License-Identifier: GPL-3.0-or-later
// From what the engine wrote to what views draw: arrays and labels change their wrapper, never their memory.
#pragma once

#include "app/desktop/run_messages.h"
#include "widgets/base/array_map.h"

namespace geocyte::desktop {

/// Shares the buffer of `array`; the view keeps it alive.
widgets::ArrayView viewOf(const NamedArray& array);

/// All arrays of a loaded snapshot and of its axes, and the labels of its axes. Arrays of an axis are named
/// "<axis>/<name>". Where a snapshot holds a subset ("row_index" array), labels follow that subset.
/// Gates and guards of all parts become checks, of each the newest answer.
/// Kept selections become labels "kept: <name>" of one category.
widgets::ArrayMap arrayMapOf(const LoadedSnapshot& snapshot, const QString& run_name);

/// The moments with the names of categories, but no codes of rows: small.
widgets::ArrayHistory historyOf(const LoadedHistory& history, const QString& run_name);

}  // namespace geocyte::desktop
