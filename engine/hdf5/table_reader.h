// SPDX-License-Identifier: GPL-3.0-or-later
// The tables obs and var of AnnData, in all three layouts.
#pragma once

#include <hdf5.h>

#include <string>

#include "engine/data/table.h"

namespace geocyte::hdf5 {

/// Reads the table at `path` of the file. Columns of types that are not tabular (nested, complex) are left out.
/// Throws Error{bad_data} when the index or a named column is missing, lengths differ, or a category code has no category.
data::Table read_table(hid_t file, const std::string& path);

}  // namespace geocyte::hdf5
