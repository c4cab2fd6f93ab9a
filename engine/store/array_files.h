// SPDX-License-Identifier: GPL-3.0-or-later
// Snapshots and axes as files of named arrays, and back. Reading takes nothing for granted: a file that is consistent
// for HDF5 may still lie about its axes.
#pragma once

#include <filesystem>
#include <vector>

#include "engine/hdf5/array_file.h"
#include "engine/store/contract/axis.h"
#include "engine/store/contract/snapshot.h"

namespace geocyte::store {

/// kind "snapshot"; attributes step, stage, part, scalars, verdicts, about.
hdf5::ArrayFile to_array_file(const Snapshot& snapshot);
/// Throws Error{bad_data} when the file is no snapshot.
Snapshot snapshot_from(hdf5::ArrayFile file);

/// kind "axes". For an axis "cell": texts cell/ids; for each label k arrays cell/labels/<name> (codes) and texts
/// cell/categories/<name>; further arrays cell/arrays/<name>. attributes.axes lists them in order, so that a name which
/// cannot be a path is stored under another one.
hdf5::ArrayFile to_array_file(const std::vector<Axis>& axes);
/// Throws Error{bad_data} when lengths or codes do not agree.
std::vector<Axis> axes_from(const hdf5::ArrayFile& file);

/// One sentence that says how two lists of axes differ; "" when names, ids and labels are the same.
std::string difference_of(const std::vector<Axis>& before, const std::vector<Axis>& now);

/// Bytes of all arrays together: what a snapshot needs on disk, almost.
std::size_t bytes_of(const std::vector<NamedArray>& arrays);

}  // namespace geocyte::store
